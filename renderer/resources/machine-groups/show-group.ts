import { CloudError } from '../../api/cloud-error.ts';
import { listMachineGroups, type MachineGroupThing } from '../../api/startup.api.ts';
import { t } from '../../i18n/i18n.ts';

/** One of them; without machines it is none. */
export async function showGroup(name: string, signal: AbortSignal): Promise<MachineGroupThing> {
  const found = (await listMachineGroups(signal)).find((group) => group.name === name);
  if (found) return found;
  throw new CloudError(t('machine-groups:gone', { name }), { status: 404, code: 'not_found' });
}
