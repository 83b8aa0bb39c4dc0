import { linkTo } from '../identity.view.ts';
import type { DomainRecord, ProjectRecord, UserRecord } from './directory.repository.ts';

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

export function toProjectView(project: ProjectRecord, origin: string) {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.domain_id,
    description: project.description,
    enabled: project.enabled,
    parent_id: project.parent_id,
    is_domain: project.is_domain,
    tags: [],
    options: {},
    links: linkTo(origin, `projects/${project.id}`),
  };
}

export function toDomainView(domain: DomainRecord, origin: string) {
  return {
    id: domain.id,
    name: domain.name,
    description: domain.description,
    enabled: domain.enabled,
    tags: [],
    options: {},
    links: linkTo(origin, `domains/${domain.id}`),
  };
}
