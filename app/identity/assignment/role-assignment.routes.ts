import { type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { sendCollection } from '../identity.view.ts';
import type { AssignmentRow } from './role-assignment.repository.ts';
import { assignmentsAnswerSchema, listAssignmentsSchema } from './role-assignment.schema.ts';
import { toAssignmentView } from './role-assignment.view.ts';

export function roleAssignmentRoutes({ roleAssignments }: IdentityService): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/v3/role_assignments',
      rule: {
        among: ['identity:list_role_assignments', 'identity:list_role_assignments_for_tree'],
        choose: ({ query }) => `identity:list_role_assignments${query.include_subtree ? '_for_tree' : ''}`,
      },
      delegated: ANY_TOKEN,
      query: listAssignmentsSchema,
      answer: assignmentsAnswerSchema,
      target: async ({ context, query }) => {
        if (query.include_subtree) return await roleAssignments.targetOf(query['scope.project.id'] ?? '');
        return { target: context.domainId === null ? {} : { domain_id: context.domainId } };
      },
      handler: async ({ context, query, origin, raw, reply }) => {
        const parts = roleAssignments.list(context, query);
        const view = (row: AssignmentRow) => toAssignmentView(row, origin);
        return await sendCollection('role_assignments', parts, view, { selfUrl: origin + raw.url, reply });
      },
    }),
  ];
}
