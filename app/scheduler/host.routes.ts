import { agentMethods } from '../contract/agent.methods.ts';
import type { Context } from '../contract/context.ts';
import { type HostView, hostListSchema, hostViewSchema, type KnownHost } from '../contract/v1.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { Bus } from '../messaging/bus.ts';
import type { SchedulerService } from './scheduler.service.ts';

export interface HostRouteParts {
  scheduler: SchedulerService;
  bus: Pick<Bus, 'call'>;
  /** Has a name of its own for a host towards each project. */
  compute: { hostIdOf(hostId: string, projectId: string): string };
}

/** `/v1/hosts`: the computers that machines run on. */
export function hostRoutes({ scheduler, bus, compute }: HostRouteParts): RouteDefinition[] {
  const viewFor =
    ({ projectId }: Context) =>
    (host: KnownHost): HostView => ({
      ...host,
      projectHostId: projectId === null ? '' : compute.hostIdOf(host.id, projectId),
    });
  return [
    route({
      method: 'GET',
      path: '/hosts',
      rule: 'v1:hosts:list',
      answer: hostListSchema,
      handler: async ({ context }) => ({ hosts: (await scheduler.listHosts()).map(viewFor(context)) }),
    }),
    route({
      method: 'GET',
      path: '/hosts/:id',
      rule: 'v1:hosts:show',
      answer: hostViewSchema,
      handler: async ({ context, params }) => viewFor(context)(await scheduler.showHost(params.id)),
    }),
    route({
      method: 'POST',
      path: '/hosts/:id/measure',
      rule: 'v1:hosts:measure',
      answer: hostViewSchema,
      handler: async ({ context, params }) => {
        const { id } = await scheduler.showHost(params.id);
        const facts = await bus.call(`agent.${id}`, agentMethods.facts, {}, context, { waitForPeer: 1000 });
        await scheduler.reportHost(context, id, facts);
        return viewFor(context)(await scheduler.showHost(id));
      },
    }),
  ];
}
