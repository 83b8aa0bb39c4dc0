import { z } from 'zod';
import { agentMethods } from '../contract/agent.methods.ts';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Microversion } from '../http/microversion.ts';
import { type ApiRequest, type RouteDefinition, route } from '../http/route.ts';
import { validate } from '../http/validation.ts';
import type { ConsoleAccess } from './collaborators.ts';
import type { HostOrders } from './host-orders.ts';
import type { ServerService } from './server.service.ts';
import { consoleTarget } from './server-console.routes.ts';
import { serverActionAnswer } from './server-parts.schema.ts';
import type { ServerPowerService } from './server-power.service.ts';

export interface ServerActionRouteParts {
  server: ServerService;
  power: ServerPowerService;
  orders: HostOrders;
  consoles: ConsoleAccess;
}

interface ActionRequest {
  context: Context;
  id: string;
  origin: string;
  version: Microversion;
  enforce: ApiRequest<unknown, unknown>['enforce'];
  /** The whole body, whose one key is the action's name. */
  body: Record<string, unknown>;
}

interface Action {
  rule: string;
  /** Last microversion that has it. */
  until?: Microversion;
  run: (request: ActionRequest) => Promise<unknown>;
}

const CONSOLE_PATIENCE = 3_000;

/** `POST /servers/{id}/action`: the body's one key names the verb. */
export function serverActionRoutes(parts: ServerActionRouteParts): RouteDefinition[] {
  const actions = { ...powerActions(parts), ...bookActions(parts), ...consoleActions(parts) };
  return [
    route({
      method: 'POST',
      path: '/servers/:serverId/action',
      rule: 'os_compute_api:servers:action',
      // Each action has a rule of its own.
      status: 202,
      body: z.record(z.string(), z.unknown()),
      answer: serverActionAnswer,
      handler: async ({ context, params, origin, version, body, reply, enforce }) => {
        const [name, ...others] = Object.keys(body);
        if (name === undefined || others.length > 0) {
          throw new UserError('bad_request', 'The request body must name exactly one action.', { field: 'body' });
        }
        const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
        if (!action || version > (action.until ?? Infinity)) {
          throw new UserError('bad_request', `There is no such action: ${name.slice(0, 255)}`, { field: name });
        }
        enforce(action.rule);
        const answer = await action.run({ context, id: params.serverId ?? '', origin, version, body, enforce });
        if (answer === undefined) return undefined;
        reply.code(200);
        return reply.send(answer);
      },
    }),
  ];
}

const rebootBody = z.strictObject({
  reboot: z.strictObject({ type: z.enum(['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']) }),
});

function powerActions({ power }: ServerActionRouteParts): Record<string, Action> {
  const verb = (rule: string, run: (context: Context, id: string) => Promise<unknown>): Action => ({
    rule: `os_compute_api:${rule}`,
    run: async ({ context, id }) => void (await run(context, id)),
  });
  return {
    'os-start': verb('servers:start', (context, id) => power.start(context, id)),
    'os-stop': verb('servers:stop', (context, id) => power.stop(context, id)),
    pause: verb('os-pause-server:pause', (context, id) => power.pause(context, id)),
    unpause: verb('os-pause-server:unpause', (context, id) => power.unpause(context, id)),
    suspend: verb('os-suspend-server:suspend', (context, id) => power.suspend(context, id)),
    resume: verb('os-suspend-server:resume', (context, id) => power.resume(context, id)),
    reboot: {
      rule: 'os_compute_api:servers:reboot',
      run: async ({ context, id, body }) => {
        const { type } = validate(rebootBody, body, 'body').reboot;
        await power.reboot(context, id, type.toLowerCase() === 'hard' ? 'hard' : 'soft');
      },
    },
  };
}

const lockBody = z.strictObject({
  lock: z.strictObject({ locked_reason: z.string().min(1).max(255).optional() }).nullable(),
});
const resetBody = z.strictObject({
  'os-resetState': z.strictObject({ state: z.enum(['active', 'error']) }),
});

/** Actions that touch no machine, and the one that ends it. */
function bookActions({ server }: ServerActionRouteParts): Record<string, Action> {
  return {
    lock: {
      rule: 'os_compute_api:os-lock-server:lock',
      run: async ({ context, id, body, version }) => {
        const reason = version >= 73 ? validate(lockBody, body, 'body').lock?.locked_reason : undefined;
        await server.lock(context, id, reason ?? null);
      },
    },
    unlock: {
      rule: 'os_compute_api:os-lock-server:unlock',
      run: async ({ context, id, enforce }) =>
        await server.unlock(context, id, () => enforce('os_compute_api:os-lock-server:unlock:unlock_override')),
    },
    'os-resetState': {
      rule: 'os_compute_api:os-admin-actions:reset_state',
      run: async ({ context, id, body }) => {
        await server.resetState(context, id, validate(resetBody, body, 'body')['os-resetState'].state);
      },
    },
    forceDelete: {
      rule: 'os_compute_api:os-deferred-delete:force',
      run: async ({ context, id }) => await server.delete(context, id, { isForced: true }),
    },
  };
}

const outputBody = z.strictObject({
  'os-getConsoleOutput': z
    .strictObject({ length: z.union([z.number().int(), z.string().regex(/^-?\d+$/), z.null()]).optional() })
    .nullable(),
});
const vncBody = z.strictObject({ 'os-getVNCConsole': z.strictObject({ type: z.enum(['novnc', 'xvpvnc']) }) });
const serialBody = z.strictObject({ 'os-getSerialConsole': z.strictObject({ type: z.literal('serial') }) });

function consoleActions({ server, orders, consoles }: ServerActionRouteParts): Record<string, Action> {
  return {
    'os-getConsoleOutput': {
      rule: 'os_compute_api:os-console-output',
      run: async ({ context, id, body }) => {
        const asked = validate(outputBody, body, 'body')['os-getConsoleOutput']?.length;
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
    },
    // From 2.6 on there is POST /servers/{id}/remote-consoles instead.
    'os-getVNCConsole': {
      rule: 'os_compute_api:os-remote-consoles',
      until: 5,
      run: async ({ context, id, body, origin }) => {
        const { type } = validate(vncBody, body, 'body')['os-getVNCConsole'];
        if (type !== 'novnc') throw new UserError('bad_request', `Unavailable console type ${type}.`);
        const { url } = await consoles.create(context, consoleTarget(await server.get(context, id)), 'vnc', origin);
        return { console: { type, url } };
      },
    },
    'os-getSerialConsole': {
      rule: 'os_compute_api:os-remote-consoles',
      until: 5,
      run: async ({ context, id, body, origin }) => {
        validate(serialBody, body, 'body');
        const { url } = await consoles.create(context, consoleTarget(await server.get(context, id)), 'serial', origin);
        return { console: { type: 'serial', url } };
      },
    },
  };
}
