import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pathOf, plainPathOf } from './request-path.ts';

/**
 * `style-src` allows inline styles because the component library positions with them; scripts are our files, and what stands
 * in `index.html` itself, only; `connect-src 'self'` includes our WebSockets.
 */
function contentPolicy(page: string): string {
  return [
    "default-src 'self'",
    ["script-src 'self'", ...inlineScripts(page)].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** As a policy names them: by their hashes (CSP level 3, 2.3.1). */
function inlineScripts(page: string): string[] {
  const scripts = page.split('<script>').slice(1);
  return scripts.map((text) => {
    const script = text.slice(0, text.indexOf('</script>'));
    return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  });
}

/** The route of the files, which matches every path that no other route does. */
const FILES = '/*';

/** Serves the built dashboard at `/`; false where there is none. */
export function serveDashboard(fastify: FastifyInstance, folder: string | undefined): boolean {
  const page = folder && join(folder, 'index.html');
  if (!page || !existsSync(page)) return false;
  const policy = contentPolicy(readFileSync(page, 'utf8'));
  fastify.register(fastifyStatic, {
    root: folder,
    wildcard: true,
    setHeaders: (response, path) => {
      response.header('content-security-policy', policy);
      response.header('referrer-policy', 'no-referrer');
      response.header('x-frame-options', 'DENY');
      // File names under assets/ carry a hash of their content.
      response.header(
        'cache-control',
        /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  // What no route has under that spelling is not there, in the words of whose it is: it never gets as far as the files.
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url !== FILES || isPlain(pathOf(request.url))) return;
    reply.callNotFound();
    return reply;
  });
  return true;
}

function isPlain(path: string): boolean {
  return path === plainPathOf(path);
}

/** Whether a browser asks for a page: those are all `index.html`, which knows its own paths. */
export function asksForPage({ method, headers }: FastifyRequest, path: string): boolean {
  const isPage = isPlain(path) && !/\.\w+$/.test(path);
  return method === 'GET' && isPage && (headers.accept ?? '').includes('text/html');
}
