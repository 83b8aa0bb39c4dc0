// The least a sign-in by password costs: the scrypt of OWASP's setting with 32 MiB, over fastify.
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import Fastify from 'fastify';

const derive = promisify<string, string, number, object, Buffer>(scrypt);
const fastify = Fastify();
fastify.post('/', async () => {
  const key = await derive('password', '0123456789abcdef', 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 });
  return { key: key.toString('hex') };
});
console.log(await fastify.listen({ host: '127.0.0.1', port: 0 }));
