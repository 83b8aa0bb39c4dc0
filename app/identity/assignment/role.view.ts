import { linkTo } from '../identity.view.ts';
import type { RoleRecord } from './assignment.tables.ts';

/** A role as Keystone answers it; `origin` is the caller's. */
export function toRoleView(role: RoleRecord, origin: string) {
  return {
    ...role.extra,
    id: role.id,
    name: role.name,
    domain_id: role.domain_id,
    description: role.description,
    options: role.options,
    links: linkTo(origin, `roles/${role.id}`),
  };
}

/** A role as it stands in rules of implication. */
export function toInferredView({ id, name }: RoleRecord, origin: string) {
  return { id, name, links: linkTo(origin, `roles/${id}`) };
}
