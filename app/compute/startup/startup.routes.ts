import { z } from 'zod';
import {
  machineGroupListSchema,
  startupOrderSchema,
  startupSchema,
  startupViewSchema,
} from '../../contract/startup.ts';
import { taskViewSchema } from '../../contract/task.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { tagField } from '../request-field.schema.ts';
import type { StartupService } from './startup.service.ts';

const orderQuery = z.strictObject({ group: tagField.optional() });

/** How machines start with their hosts, in which order, and groups of them. A group is a tag that machines have. */
export function startupRoutes({ compute }: { compute: { startup: StartupService } }): RouteDefinition[] {
  const { startup } = compute;
  return [
    route({
      method: 'GET',
      path: '/servers/:id/startup',
      rule: 'v1:servers:startup',
      answer: startupViewSchema,
      handler: ({ context, params }) => startup.show(context, params.id),
    }),
    route({
      method: 'PUT',
      path: '/servers/:id/startup',
      rule: 'v1:servers:startup:update',
      body: startupSchema,
      answer: startupViewSchema,
      handler: ({ context, params, body }) => startup.put(context, params.id, body),
    }),
    route({
      method: 'GET',
      path: '/startup-order',
      rule: 'v1:startup_order',
      query: orderQuery,
      answer: startupOrderSchema,
      handler: ({ context, query }) => startup.order(context, query.group),
    }),
    route({
      method: 'GET',
      path: '/machine-groups',
      rule: 'v1:machine_groups:list',
      answer: machineGroupListSchema,
      handler: async ({ context }) => ({ groups: await startup.groups(context) }),
    }),
    ...(['start', 'stop'] as const).map((way) =>
      route({
        method: 'POST',
        path: `/machine-groups/:name/${way}` as const,
        rule: `v1:machine_groups:${way}`,
        isLongWork: true,
        status: 202,
        answer: taskViewSchema,
        handler: ({ context, params }) => startup.orderGroup(context, params.name, way),
      }),
    ),
  ];
}
