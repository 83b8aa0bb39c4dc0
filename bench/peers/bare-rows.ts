// The least a page of servers costs: the rows as they lie in the database, as JSON, over fastify.
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';

const [file = '', limit = '1000'] = process.argv.slice(2);
const database = new DatabaseSync(file, { readOnly: true });
const select = database.prepare(
  'SELECT * FROM compute_server WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ?',
);
const fastify = Fastify();
fastify.get('/', async () => ({ servers: select.all(Number(limit)) }));
console.log(await fastify.listen({ host: '127.0.0.1', port: 0 }));
