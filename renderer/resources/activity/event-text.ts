import type { EventView } from '../../../app/contract/event.ts';
import { namedText, t } from '../../i18n/i18n.ts';

type Told = Pick<EventView, 'type' | 'payload'>;

/** "Machine launched", "ada gave rita the role reader in team"; what this version does not know reads as it is named. */
export function describeEvent({ type, payload }: Told): string {
  return describeGrant(type, payload) ?? namedText('eventName', type);
}

export function describeResource(type: string): string {
  return namedText('resource', type);
}

const GRANT_CHANGE: Partial<Record<string, 'created' | 'deleted'>> = {
  'identity.role_assignment.created': 'created',
  'identity.role_assignment.deleted': 'deleted',
};

/** Null of anything else, and where the names are not told: by earlier versions, and of what the cloud did by itself. */
function describeGrant(type: string, payload: EventView['payload']): string | null {
  const change = GRANT_CHANGE[type];
  const { initiator_name: by, name: to, role_name: role, target_name: where } = payload;
  if (change === undefined) return null;
  if (typeof by !== 'string' || typeof to !== 'string' || typeof role !== 'string') return null;
  if (typeof where !== 'string') return t(`activity:grant.${change}Everywhere`, { by, to, role });
  return t(`activity:grant.${change}${payload.inherited_to_projects ? 'Below' : 'Here'}`, { by, to, role, where });
}
