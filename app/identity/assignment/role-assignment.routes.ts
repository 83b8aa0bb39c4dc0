import { type RouteDefinition, route } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { sendCollection } from '../identity.view.ts';
import type { AssignmentRow } from './role-assignment.repository.ts';
import { type AssignmentQuery, assignmentsAnswerSchema, listAssignmentsSchema } from './role-assignment.schema.ts';
import { toAssignmentView } from './role-assignment.view.ts';

export function roleAssignmentRoutes({ roleAssignments }: IdentityService): RouteDefinition[] {
  return [
    route<AssignmentQuery, unknown>({
      method: 'GET',
      path: '/v3/role_assignments',
      rule: 'identity:list_role_assignments',
      query: listAssignmentsSchema,
      answer: assignmentsAnswerSchema,
      target: async ({ context }) => ({ target: context.domainId === null ? {} : { domain_id: context.domainId } }),
      handler: async ({ context, query, origin, raw, reply, enforce }) => {
        if (query.include_subtree) {
          const project_id = query['scope.project.id'] ?? '';
          enforce('identity:list_role_assignments_for_tree', await roleAssignments.targetOf(project_id));
        }
        const parts = roleAssignments.list(context, query);
        const view = (row: AssignmentRow) => toAssignmentView(row, origin);
        return await sendCollection('role_assignments', parts, view, { selfUrl: origin + raw.url, reply });
      },
    }),
  ];
}
