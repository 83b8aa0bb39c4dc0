// The least a token's validation costs: its hash, one row of the same table, a JSON answer over fastify.
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';

const [file = ''] = process.argv.slice(2);
const database = new DatabaseSync(file, { readOnly: true });
const select = database.prepare('SELECT * FROM identity_token WHERE hash = ?');
const fastify = Fastify();
fastify.get('/', async (request) => {
  const hash = createHash('sha256').update(String(request.headers['x-subject-token'])).digest('hex');
  return { token: select.get(hash) };
});
console.log(await fastify.listen({ host: '127.0.0.1', port: 0 }));
