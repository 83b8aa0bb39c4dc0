import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { toJsonHome } from './json-home.view.ts';

const JSON_HOME = 'application/json-home';

const versionView = z.object({
  id: z.string(),
  status: z.string(),
  updated: z.string(),
  links: z.array(z.object({ rel: z.string(), href: z.string() })),
  'media-types': z.array(z.object({ base: z.string(), type: z.string() })),
});

/** Which version there is and, as `application/json-home`, what there is in it. */
export function discoveryRoutes(): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '',
      rule: 'versions:get',
      isPublic: true,
      status: 300,
      answer: z.object({ versions: z.object({ values: z.array(versionView) }) }),
      handler: async (request) => {
        if (wantsHome(request)) return sendHome(request, '/v3');
        request.reply.header('location', `${request.origin}/identity/v3/`);
        return { versions: { values: [version(request.origin)] } };
      },
    }),
    route({
      method: 'GET',
      path: '/v3',
      rule: 'versions:get',
      isPublic: true,
      answer: z.object({ version: versionView }),
      handler: async (request) => (wantsHome(request) ? sendHome(request, '') : { version: version(request.origin) }),
    }),
  ];
}

function version(origin: string) {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${origin}/identity/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

function sendHome({ reply }: ApiRequest<unknown, unknown>, base: string): FastifyReply {
  return reply
    .code(200)
    .type(JSON_HOME)
    .send(JSON.stringify(toJsonHome(base)));
}

/** Plain JSON goes first where both are as welcome. */
function wantsHome({ raw }: ApiRequest<unknown, unknown>): boolean {
  const accepted = (raw.headers.accept ?? '').split(',').map((entry) => {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type, quality: Number(quality ?? 1) || 0 };
  });
  const welcome = (wanted: string) =>
    Math.max(
      0,
      ...accepted.filter(({ type }) => [wanted, 'application/*', '*/*'].includes(type)).map((e) => e.quality),
    );
  return welcome(JSON_HOME) > welcome('application/json');
}
