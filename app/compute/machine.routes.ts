import { agentMethods } from '../contract/agent.methods.ts';
import { CumuletError, UserError } from '../contract/errors.ts';
import { guestReportSchema, silentGuest } from '../contract/guest.ts';
import { machineHardwareSchema } from '../contract/machine-hardware.ts';
import { STATISTICS_EVERY_MS, serverStatisticsSchema } from '../contract/machine-statistics.ts';
import { taskViewSchema } from '../contract/task.ts';
import { powerOffSchema, serverAccessSchema } from '../contract/v1.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { HostOrders } from './host-orders.ts';
import type { MachineStatisticsService } from './machine-statistics.service.ts';
import type { ServerService } from './server.service.ts';
import { ASKED_TO_FORCE_OFF, askedToShutDown, SHUTDOWN_SECONDS, stop } from './verbs/stop.verb.ts';
import type { VerbService } from './verbs/verb.service.ts';

export interface MachineRouteParts {
  compute: { server: ServerService; verbs: VerbService; statistics: MachineStatisticsService; orders: HostOrders };
  images: { describe(imageId: string): Promise<{ defaultUser: string | null } | undefined> };
}

/** `/v1/servers`: what Nova has no word for. */
export function machineRoutes({ compute, images }: MachineRouteParts): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/servers/:id/access',
      rule: 'v1:servers:access',
      answer: serverAccessSchema,
      handler: async ({ context, params }) => {
        const server = await compute.server.get(context, params.id);
        const image = server.imageId === null ? undefined : await images.describe(server.imageId);
        return { forwards: server.forwards, defaultUser: image?.defaultUser ?? null };
      },
    }),
    route({
      method: 'GET',
      path: '/servers/:id/statistics',
      rule: 'v1:servers:statistics',
      answer: serverStatisticsSchema,
      handler: async ({ context, params }) => {
        const { id, vcpus, memoryMib } = await compute.server.get(context, params.id);
        const everySeconds = STATISTICS_EVERY_MS / 1000;
        return { everySeconds, vcpus, memoryBytes: memoryMib * 1024 ** 2, points: compute.statistics.of(id) };
      },
    }),
    route({
      method: 'GET',
      path: '/servers/:id/guest',
      rule: 'v1:servers:guest',
      answer: guestReportSchema,
      handler: async ({ context, params }) => {
        const { id, hostId, powerState } = await compute.server.get(context, params.id);
        if (hostId === null || powerState !== 'RUNNING') return silentGuest('off');
        try {
          return await compute.orders.ask(hostId, agentMethods.guest, { id }, context);
        } catch (error) {
          const isAway = error instanceof CumuletError && ['unavailable', 'unknown_method'].includes(error.code);
          if (isAway) return silentGuest('no-host');
          throw error;
        }
      },
    }),
    route({
      method: 'GET',
      path: '/servers/:id/hardware',
      rule: 'v1:servers:hardware',
      answer: machineHardwareSchema,
      handler: async ({ context, params }) => {
        const { id, hostId } = await compute.server.get(context, params.id);
        if (hostId === null) throw hasNoHardware();
        try {
          return await compute.orders.ask(hostId, agentMethods.hardware, { id }, context);
        } catch (error) {
          // Its host has not made it yet, or has lost it: the server is there all the same.
          throw error instanceof CumuletError && error.code === 'not_found' ? hasNoHardware() : error;
        }
      },
    }),
    route({
      method: 'GET',
      path: '/servers/:id/screenshot',
      rule: 'v1:servers:screenshot',
      answerTypes: ['image/png'],
      handler: async ({ context, params, reply }) => {
        const { id, hostId, powerState } = await compute.server.get(context, params.id);
        if (hostId === null || powerState !== 'RUNNING') {
          throw new UserError('conflict', 'The machine is not running, so it has no screen.');
        }
        const { png } = await compute.orders.ask(hostId, agentMethods.screenshot, { id }, context);
        reply.type('image/png').header('cache-control', 'no-store');
        return Buffer.from(png, 'base64');
      },
    }),
    route({
      method: 'POST',
      path: '/servers/:id/power-off',
      rule: 'v1:servers:power_off',
      isLongWork: true,
      body: powerOffSchema,
      status: 202,
      answer: taskViewSchema,
      handler: async ({ context, params, body: { graceful, timeoutSeconds } }) => {
        const how = { timeoutSeconds: timeoutSeconds ?? SHUTDOWN_SECONDS, force: false };
        const asked = graceful ? askedToShutDown(how) : ASKED_TO_FORCE_OFF;
        return await compute.verbs.order(context, params.id, stop, asked);
      },
    }),
  ];
}

function hasNoHardware(): UserError {
  return new UserError('conflict', 'The machine is on no host now, so it has no hardware.', {
    hint: 'Wait until it is built, or bring it back to a host.',
  });
}
