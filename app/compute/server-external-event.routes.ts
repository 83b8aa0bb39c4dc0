import { z } from 'zod';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { ServerRepository } from './server.repository.ts';

/** Names of events by the microversion that brought them. */
const NAMES: Readonly<Record<string, Microversion>> = {
  'network-changed': 1,
  'network-vif-plugged': 1,
  'network-vif-unplugged': 1,
  'network-vif-deleted': 1,
  'volume-extended': 51,
  'power-update': 76,
  'accelerator-request-bound': 82,
  'volume-reimaged': 93,
};
/** Which say nothing without a tag. */
const TAGGED = ['volume-extended', 'power-update', 'accelerator-request-bound'];
/** Nova has no bound; nobody tells of more at once. */
const MOST_EVENTS = 1000;

const status = z.enum(['failed', 'completed', 'in-progress']);
const event = (version: Microversion) =>
  z.strictObject({
    name: z.enum(Object.keys(NAMES).filter((name) => version >= (NAMES[name] ?? 1))),
    server_uuid: z.uuid(),
    status: status.optional(),
    tag: z.string().max(255).optional(),
  });
const body = (version: Microversion) => z.strictObject({ events: z.array(event(version)).min(1).max(MOST_EVENTS) });
const answer = (version: Microversion) =>
  z.strictObject({
    events: z.array(
      event(version).extend({ status, code: z.union([200, 400, 404, 422].map((code) => z.literal(code))) }),
    ),
  });

/**
 * `/os-server-external-events`: other services tell what they did to servers. Addresses and states are read where they
 * are kept and not copied, so an event that is taken changes nothing here: what counts is which are taken.
 */
export function serverExternalEventRoutes({ servers }: { servers: ServerRepository }): RouteDefinition[] {
  return [
    route({
      method: 'POST',
      path: '/os-server-external-events',
      rule: 'os_compute_api:os-server-external-events:create',
      body,
      answer,
      handler: async ({ body: { events }, reply }) => {
        const hosts = await servers.hostsOf([...new Set(events.map(({ server_uuid }) => server_uuid))]);
        const answered = events.map((each) => {
          const code = codeOf(each, hosts);
          return { ...each, code, status: code === 200 ? ('completed' as const) : ('failed' as const) };
        });
        if (answered.every(({ code }) => code === 200)) return { events: answered };
        return await reply.code(207).send({ events: answered });
      },
    }),
  ];
}

function codeOf(
  { name, server_uuid, tag }: { name: string; server_uuid: string; tag?: string | undefined },
  hosts: ReadonlyMap<string, string | null>,
) {
  const host = hosts.get(server_uuid);
  if (host === undefined) return 404;
  if (TAGGED.includes(name) && tag === undefined) return 400;
  return host === null ? 422 : 200;
}
