import { linkTo } from '../identity.view.ts';
import type { FederatedUser } from './user.service.ts';

/** A user as Keystone answers it, never with a password; `origin` is the caller's. */
export function toUserView(user: FederatedUser, origin: string) {
  return {
    ...user.extra,
    id: user.id,
    name: user.name,
    domain_id: user.domain_id,
    enabled: user.enabled,
    ...(user.default_project_id === null ? {} : { default_project_id: user.default_project_id }),
    // Keystone's times here have six digits after the second and no zone.
    password_expires_at: user.password_expires_at?.replace(/Z$/, '000') ?? null,
    options: user.options,
    ...(user.federated && { federated: user.federated }),
    links: linkTo(origin, `users/${user.id}`),
  };
}
