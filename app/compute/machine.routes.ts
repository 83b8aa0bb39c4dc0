import { agentMethods } from '../contract/agent.methods.ts';
import { UserError } from '../contract/errors.ts';
import { STATISTICS_EVERY_MS, serverStatisticsSchema } from '../contract/machine-statistics.ts';
import { taskViewSchema } from '../contract/task.ts';
import { powerOffSchema, serverAccessSchema } from '../contract/v1.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { Bus } from '../messaging/bus.ts';
import type { MachineStatisticsService } from './machine-statistics.service.ts';
import type { ServerService } from './server.service.ts';
import { ASKED_TO_FORCE_OFF, askedToShutDown, SHUTDOWN_SECONDS, stop } from './verbs/stop.verb.ts';
import type { VerbService } from './verbs/verb.service.ts';

export interface MachineRouteParts {
  compute: { server: ServerService; verbs: VerbService; statistics: MachineStatisticsService };
  images: { describe(imageId: string): Promise<{ defaultUser: string | null } | undefined> };
  bus: Pick<Bus, 'call'>;
}

/** `/v1/servers`: what Nova has no word for. */
export function machineRoutes({ compute, images, bus }: MachineRouteParts): RouteDefinition[] {
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
      path: '/servers/:id/screenshot',
      rule: 'v1:servers:screenshot',
      answerTypes: ['image/png'],
      handler: async ({ context, params, reply }) => {
        const { id, hostId, powerState } = await compute.server.get(context, params.id);
        if (hostId === null || powerState !== 'RUNNING') {
          throw new UserError('conflict', 'The machine is not running, so it has no screen.');
        }
        const wait = { waitForPeer: 1000 };
        const { png } = await bus.call(`agent.${hostId}`, agentMethods.screenshot, { id }, context, wait);
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
