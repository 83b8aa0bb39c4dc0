import { linkTo } from '../identity.view.ts';
import type { TaggedProject } from './project.repository.ts';

/** Records as Keystone answers them; `origin` is the caller's. */
export function toProjectView(project: TaggedProject, origin: string) {
  return {
    ...toSharedView(project),
    domain_id: project.domain_id,
    parent_id: project.parent_id,
    is_domain: project.is_domain,
    links: linkTo(origin, `projects/${project.id}`),
  };
}

export function toDomainView(domain: TaggedProject, origin: string) {
  return { ...toSharedView(domain), links: linkTo(origin, `domains/${domain.id}`) };
}

function toSharedView({ id, name, description, enabled, tags, options, extra }: TaggedProject) {
  return { ...extra, id, name, description, enabled, tags, options };
}
