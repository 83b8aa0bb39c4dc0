// The least a JSON answer over fastify costs: one route, a constant body.
import Fastify from 'fastify';

const fastify = Fastify();
fastify.get('/', async () => ({ hello: 'world' }));
fastify.post('/', async () => ({ hello: 'world' }));
console.log(await fastify.listen({ host: '127.0.0.1', port: 0 }));
