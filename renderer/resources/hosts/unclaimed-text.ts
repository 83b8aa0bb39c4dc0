import type { Unclaimed } from '../../../app/contract/unclaimed.ts';
import { formatBytes, GIB, MIB } from '../../design/byte-size.ts';
import type { StateTone } from '../../design/StateBadge.tsx';
import { t } from '../../i18n/i18n.ts';

/** How large it is, in a line. */
export function factsOf({ machine, bytes }: Unclaimed): string {
  if (machine === null) return bytes === null ? '' : formatBytes(bytes);
  return [
    t('hosts:unclaimed.vcpus', { count: machine.vcpus }),
    formatBytes(machine.memoryMib * MIB),
    ...(machine.diskGib > 0 ? [formatBytes(machine.diskGib * GIB)] : []),
  ].join(' · ');
}

/** What goes on with it now. */
export function stateOf({ machine, isGoing }: Unclaimed): { tone: StateTone; label: string } | null {
  if (isGoing) return { tone: 'busy', label: t('hosts:unclaimed.state.going') };
  if (machine === null) return null;
  const state = machine.powerState;
  if (state === 'RUNNING') return { tone: 'running', label: t('hosts:unclaimed.state.running') };
  if (state === 'PAUSED') return { tone: 'paused', label: t('hosts:unclaimed.state.paused') };
  return { tone: 'stopped', label: t('hosts:unclaimed.state.off') };
}
