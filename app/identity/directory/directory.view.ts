import { linkTo } from '../identity.view.ts';
import type { UserRecord } from './directory.repository.ts';

/** Records as Keystone answers them; `origin` is the caller's. */
export function toUserView(user: UserRecord, origin: string) {
  return {
    ...user.extra,
    id: user.id,
    name: user.name,
    domain_id: user.domain_id,
    enabled: user.enabled,
    ...(user.default_project_id === null ? {} : { default_project_id: user.default_project_id }),
    password_expires_at: null,
    options: {},
    links: linkTo(origin, `users/${user.id}`),
  };
}
