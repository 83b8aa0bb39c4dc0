import { type RouteDefinition, route } from '../../http/route.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
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
      handler: async ({ context, query, origin, raw, enforce }) => {
        if (query.include_subtree) {
          const project_id = query['scope.project.id'] ?? '';
          enforce('identity:list_role_assignments_for_tree', await roleAssignments.targetOf(project_id));
        }
        const rows = await roleAssignments.list(context, query);
        const views = rows.map((row) => toAssignmentView(row, origin));
        return toCollection('role_assignments', views, origin + raw.url);
      },
    }),
  ];
}
