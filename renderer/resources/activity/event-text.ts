import type { EventView } from '../../../app/contract/event.ts';
import { optionalText, t } from '../../i18n/i18n.ts';

type Told = Pick<EventView, 'type' | 'payload'>;

/** "Machine launched", "ada gave rita the role reader in team"; what this version does not know reads as it is named. */
export function describeEvent({ type, payload }: Told): string {
  const [service, name = '', change] = type.split('.');
  if (service !== 'identity') return optionalText(`activity:eventName.${type}`, type);
  const thing = name.replace('OS-TRUST:', '');
  return (
    (thing === 'role_assignment' && describeGrant(change, payload)) ||
    optionalText(`activity:change.${change}`, type, { thing: describeResource(thing) })
  );
}

export function describeResource(type: string): string {
  return optionalText(`activity:resource.${type}`, type);
}

/** Null where the names are not told: by earlier versions, and of what the cloud did by itself. */
function describeGrant(change: string | undefined, payload: EventView['payload']): string | null {
  const { initiator_name: by, name: to, role_name: role, target_name: where } = payload;
  if (change !== 'created' && change !== 'deleted') return null;
  if (typeof by !== 'string' || typeof to !== 'string' || typeof role !== 'string') return null;
  if (typeof where !== 'string') return t(`activity:grant.${change}Everywhere`, { by, to, role });
  return t(`activity:grant.${change}${payload.inherited_to_projects ? 'Below' : 'Here'}`, { by, to, role, where });
}
