import type { ServerStatus, ServerView } from '../../../app/contract/openstack.ts';
import { formatMemory } from '../../design/byte-size.ts';
import type { StateTone } from '../../design/StateBadge.tsx';
import { optionalText, t } from '../../i18n/i18n.ts';

export const MACHINE_TONES: Record<ServerStatus, StateTone> = {
  ACTIVE: 'running',
  BUILD: 'busy',
  DELETED: 'stopped',
  ERROR: 'failed',
  HARD_REBOOT: 'busy',
  PAUSED: 'paused',
  REBOOT: 'busy',
  SHELVED: 'stopped',
  SHELVED_OFFLOADED: 'stopped',
  REBUILD: 'busy',
  RESCUE: 'warning',
  RESIZE: 'busy',
  REVERT_RESIZE: 'busy',
  SHUTOFF: 'stopped',
  SOFT_DELETED: 'stopped',
  SUSPENDED: 'paused',
  UNKNOWN: 'warning',
  VERIFY_RESIZE: 'warning',
};

/** Said instead of a state that needs power: nobody knows whether it still has it. */
const HOST_AWAY = 'HOST_AWAY';

/** Nova's status, or that the machine's host cannot be reached. */
export function shownStatus(server: ServerView, isAway: boolean): string {
  return isAway && hasConsole(server) ? HOST_AWAY : server.status;
}

/** What a machine is doing, as one shape and one word: the change under way where there is one, else its state. */
export function describeMachineState(server: ServerView, isAway = false): { tone: StateTone; label: string } {
  const task = server['OS-EXT-STS:task_state'];
  const status = shownStatus(server, isAway);
  if (task && status !== HOST_AWAY) {
    return { tone: 'busy', label: optionalText(`machines:taskState.${task}`, task) };
  }
  return { tone: MACHINE_TONES[status as ServerStatus] ?? 'warning', label: statusLabel(status) };
}

export function statusLabel(status: string): string {
  return optionalText(`machines:status.${status}`, status);
}

/** Nova's power states in which there is a screen and a serial line: running and paused. */
export function hasConsole(server: ServerView): boolean {
  const power = server['OS-EXT-STS:power_state'];
  return power === 1 || power === 3;
}

/** Every address, floating ones first: those are the ones that people reach it by. */
export function addressesOf(
  server: ServerView,
): { address: string; network: string; isFloating: boolean; mac: string }[] {
  const all = Object.entries(server.addresses).flatMap(([network, addresses]) =>
    addresses.map((each) => ({
      address: each.addr,
      network,
      isFloating: each['OS-EXT-IPS:type'] === 'floating',
      mac: each['OS-EXT-IPS-MAC:mac_addr'],
    })),
  );
  return all.sort((a, b) => Number(b.isFloating) - Number(a.isFloating));
}

export function hostOf(server: ServerView): string | null {
  return server['OS-EXT-SRV-ATTR:hypervisor_hostname'] ?? server['OS-EXT-SRV-ATTR:host'] ?? null;
}

/** `2 vCPU · 4 GiB · 40 GiB`. */
export function describeSize(flavor: { vcpus: number; ram: number; disk: number }): string {
  return t('machines:sizeText', {
    vcpus: flavor.vcpus,
    memory: formatMemory(flavor.ram),
    disk: flavor.disk > 0 ? `${flavor.disk} GiB` : t('machines:imageSize'),
  });
}
