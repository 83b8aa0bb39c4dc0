import { z } from 'zod';
import { agentMethods } from '../contract/agent.methods.ts';
import { UserError } from '../contract/errors.ts';
import { type Action, action, actionBody, actionRule, named } from '../http/action.ts';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { ConsoleAccess } from './collaborators.ts';
import type { HostOrders } from './host-orders.ts';
import type { ServerService } from './server.service.ts';
import { consoleTarget } from './server.state.ts';
import { serverActionAnswer } from './server-parts.schema.ts';
import type { VerbService } from './verbs/verb.service.ts';
import { VERBS } from './verbs/verbs.ts';

export interface ServerActionRouteParts {
  server: ServerService;
  verbs: VerbService;
  orders: HostOrders;
  consoles: ConsoleAccess;
}

const CONSOLE_PATIENCE = 3_000;

/** `POST /servers/{id}/action`: the body's one key names the verb. */
export function serverActionRoutes(parts: ServerActionRouteParts): RouteDefinition[] {
  const actions = { ...verbActions(parts), ...bookActions(parts), ...consoleActions(parts) };
  return [
    route({
      method: 'POST',
      path: '/servers/:serverId/action',
      rule: actionRule(actions),
      emptyStatus: 202,
      isLongWork: true,
      body: actionBody(actions),
      answer: serverActionAnswer,
      handler: async ({ context, params: { serverId }, origin, version, body, enforce }) => {
        const { action: asked, value } = named(actions, body);
        return await asked.run({ context, id: serverId, origin, version, enforce }, value);
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
        ...(verb.value && { value: verb.value }),
        run: async ({ context, id }, value) => void (await verbs.do(context, id, verb, verb.asked(value))),
      } satisfies Action,
    ]),
  );
}

/** Before 2.73 nobody looked at it. */
const lockValue = (version: Microversion): z.ZodType<{ locked_reason?: string | undefined } | null | undefined> =>
  version >= 73 ? z.strictObject({ locked_reason: z.string().min(1).max(255).optional() }).nullable() : z.any();
const resetValue = z.strictObject({ state: z.enum(['active', 'error']) });

/** Actions that touch no machine, and the one that ends it. */
function bookActions({ server }: ServerActionRouteParts): Record<string, Action> {
  return {
    lock: action({
      rule: 'os_compute_api:os-lock-server:lock',
      value: lockValue,
      run: async ({ context, id, version }, value) =>
        await server.lock(context, id, (version >= 73 && value?.locked_reason) || null),
    }),
    unlock: {
      rule: 'os_compute_api:os-lock-server:unlock',
      run: async ({ context, id, enforce }) =>
        await server.unlock(context, id, () => enforce('os_compute_api:os-lock-server:unlock:unlock_override')),
    },
    'os-resetState': action({
      rule: 'os_compute_api:os-admin-actions:reset_state',
      value: resetValue,
      run: async ({ context, id }, { state }) => await server.resetState(context, id, state),
    }),
    forceDelete: {
      rule: 'os_compute_api:os-deferred-delete:force',
      run: async ({ context, id }) => await server.delete(context, id, { isForced: true }),
    },
  };
}

const outputValue = z
  .strictObject({ length: z.union([z.number().int(), z.string().regex(/^-?\d+$/), z.null()]).optional() })
  .nullable();
const vncValue = z.strictObject({ type: z.enum(['novnc', 'xvpvnc']) });
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
        const patience = CONSOLE_PATIENCE;
        return await orders.give(hostId, agentMethods.consoleLog, order, context, { patience });
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
