// The least a page of servers (or of ports) costs: the rows as they lie in the database, as JSON, over fastify.
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';

const PAGES = {
  servers: 'SELECT * FROM compute_server WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ?',
  ports: 'SELECT * FROM network_port ORDER BY created_at, id LIMIT ?',
};

const [file = '', limit = '1000', of = 'servers'] = process.argv.slice(2);
const database = new DatabaseSync(file, { readOnly: true });
const select = database.prepare(PAGES[of as keyof typeof PAGES]);
const fastify = Fastify();
fastify.get('/', async () => ({ [of]: select.all(Number(limit)) }));
console.log(await fastify.listen({ host: '127.0.0.1', port: 0 }));
