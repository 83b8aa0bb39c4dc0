import { z } from 'zod';
import { agentMethods } from '../contract/agent.methods.ts';
import { UserError } from '../contract/errors.ts';
import { type Action, action, actionBody, actionRule, isOver, named } from '../http/action.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { ConsoleAccess } from './collaborators.ts';
import type { HostOrders } from './host-orders.ts';
import { gone } from './removed-api.routes.ts';
import type { ServerService } from './server.service.ts';
import { consoleTarget } from './server.state.ts';
import { serverActionAnswer } from './server-parts.schema.ts';
import type { VerbService } from './verbs/verb.service.ts';
import { isLong, isOrder } from './verbs/verb.ts';
import { VERBS } from './verbs/verbs.ts';

export interface ServerActionRouteParts {
  server: ServerService;
  verbs: VerbService;
  orders: HostOrders;
  consoles: ConsoleAccess;
}

/** `POST /servers/{id}/action`: the body's one key names the verb. */
export function serverActionRoutes(parts: ServerActionRouteParts): RouteDefinition[] {
  const actions = { ...verbActions(parts), ...endActions(parts), ...consoleActions(parts) };
  return [
    route({
      method: 'POST',
      path: '/servers/:serverId/action',
      rule: actionRule(actions),
      emptyStatus: 202,
      otherEmptyStatuses: [...new Set(Object.values(actions).flatMap(({ emptyStatus }) => emptyStatus ?? []))],
      isLongWork: true,
      body: actionBody(actions),
      answer: serverActionAnswer,
      handler: async ({ params: { serverId }, body, ...request }) => {
        const { action: asked, value } = named(actions, body);
        if (isOver(asked, request.version)) throw new UserError('not_found', 'The resource could not be found.');
        const answer = await asked.run({ ...request, id: serverId }, value);
        if (answer === undefined && asked.emptyStatus !== undefined) await request.reply.code(asked.emptyStatus).send();
        return answer;
      },
    }),
  ];
}

function verbActions({ verbs }: ServerActionRouteParts): Record<string, Action> {
  return Object.fromEntries(
    VERBS.map((verb) => [
      verb.action,
      {
        rule: verb.rule,
        ...(verb.since !== undefined && { since: verb.since }),
        ...(verb.until !== undefined && { until: verb.until }),
        ...(verb.value && { value: verb.value }),
        ...(verb.emptyStatus !== undefined && { emptyStatus: verb.emptyStatus }),
        run: async (request, value) => {
          if (!isLong(verb)) return await verbs.change(request, verb, value);
          if (!isOrder(verb)) return await verbs.begin(request, verb, value);
          await verbs.order(request.context, request.id, verb, verb.asked(value));
          return undefined;
        },
      } satisfies Action,
    ]),
  );
}

/** The one that ends it, and one that Nova took out with Xen. */
function endActions({ server }: ServerActionRouteParts): Record<string, Action> {
  return {
    forceDelete: {
      rule: 'os_compute_api:os-deferred-delete:force',
      run: async ({ context, id }) => await server.delete(context, id, { isForced: true }),
    },
    resetNetwork: {
      rule: 'os_compute_api:removed',
      run: async ({ context, id }) => {
        await server.get(context, id);
        throw gone();
      },
    },
  };
}

const outputValue = z
  .strictObject({ length: z.union([z.number().int(), z.string().regex(/^-?\d+$/), z.null()]).optional() })
  .nullable();
const vncValue = z.strictObject({ type: z.enum(['novnc', 'xvpvnc']) });
const spiceValue = z.strictObject({ type: z.literal('spice-html5') });
const serialValue = z.strictObject({ type: z.literal('serial') });

function consoleActions({ server, orders, consoles }: ServerActionRouteParts): Record<string, Action> {
  return {
    'os-getConsoleOutput': action({
      rule: 'os_compute_api:os-console-output',
      value: outputValue,
      run: async ({ context, id }, value) => {
        const asked = value?.length;
        // -1 asks for all there is.
        const length = asked === undefined || asked === null || Number(asked) < 0 ? null : Number(asked);
        const { hostId, launchedAt } = await server.get(context, id);
        if (hostId === null || launchedAt === null) {
          throw new UserError('conflict', `Instance ${id} is not ready`);
        }
        const order = { id, lines: length };
        return await orders.ask(hostId, agentMethods.consoleLog, order, context);
      },
    }),
    // From 2.6 on there is POST /servers/{id}/remote-consoles instead.
    'os-getVNCConsole': action({
      rule: 'os_compute_api:os-remote-consoles',
      until: 5,
      value: vncValue,
      run: async ({ context, id, origin }, { type }) => {
        if (type !== 'novnc') throw new UserError('bad_request', `Unavailable console type ${type}.`);
        const { url } = await consoles.create(context, consoleTarget(await server.get(context, id)), 'vnc', origin);
        return { console: { type, url } };
      },
    }),
    'os-getSPICEConsole': action({
      rule: 'os_compute_api:os-remote-consoles',
      until: 5,
      value: spiceValue,
      run: async ({ context, id, origin }, { type }) => {
        const { url } = await consoles.create(context, consoleTarget(await server.get(context, id)), 'spice', origin);
        return { console: { type, url } };
      },
    }),
    'os-getSerialConsole': action({
      rule: 'os_compute_api:os-remote-consoles',
      until: 5,
      value: serialValue,
      run: async ({ context, id, origin }) => {
        const { url } = await consoles.create(context, consoleTarget(await server.get(context, id)), 'serial', origin);
        return { console: { type: 'serial', url } };
      },
    }),
  };
}
