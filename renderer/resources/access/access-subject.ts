import type { AssignmentFilter } from '../../api/assignment.api.ts';

export type AccessSubject =
  | { type: 'user' | 'group'; id: string; name: string }
  | { type: 'project' | 'domain'; id: string; name: string }
  | { type: 'role'; id: string; name: string };

export function filterOf(type: AccessSubject['type'] | 'system', id: string): AssignmentFilter {
  switch (type) {
    case 'system':
      return { 'scope.system': 'all' };
    case 'project':
    case 'domain':
      return { [`scope.${type}.id`]: id };
    default:
      return { [`${type}.id`]: id };
  }
}
