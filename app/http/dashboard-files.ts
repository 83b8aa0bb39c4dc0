import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** `style-src` allows inline styles because the component library positions with them; scripts are our files only; `connect-src 'self'` includes our WebSockets. */
const CONTENT_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the built dashboard at `/`; false where there is none. */
export function serveDashboard(fastify: FastifyInstance, folder: string | undefined): boolean {
  if (!folder || !existsSync(folder)) return false;
  fastify.register(fastifyStatic, {
    root: folder,
    wildcard: true,
    setHeaders: (response, path) => {
      response.header('content-security-policy', CONTENT_POLICY);
      response.header('referrer-policy', 'no-referrer');
      response.header('x-frame-options', 'DENY');
      // File names under assets/ carry a hash of their content.
      response.header(
        'cache-control',
        /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  return true;
}

/** Whether a browser asks for a page: those are all `index.html`, which knows its own paths. */
export function asksForPage({ method, headers }: FastifyRequest, path: string): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html') && !/\.\w+$/.test(path);
}
