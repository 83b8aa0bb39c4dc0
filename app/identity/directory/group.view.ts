import { linkTo } from '../identity.view.ts';
import type { GroupRecord } from './directory.tables.ts';
import type { Membership } from './group.service.ts';

export function toGroupView({ id, name, domain_id, description, extra }: GroupRecord, origin: string) {
  return { ...extra, id, name, domain_id, description, links: linkTo(origin, `groups/${id}`) };
}

/** A group as one that a user is in. */
export function toMembershipView(group: Membership, origin: string) {
  return {
    ...toGroupView(group, origin),
    membership_expires_at: group.membership_expires_at?.replace(/Z$/, '000') ?? null,
  };
}
