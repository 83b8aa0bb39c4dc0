import type { HostView } from '../../../app/contract/v1.ts';
import type { StateTone } from '../../design/StateBadge.tsx';
import { t } from '../../i18n/i18n.ts';

type Told = Pick<HostView, 'state' | 'disabledReason' | 'isForcedDown'>;

/** What keeps new machines from a host, the most serious first; `up` where nothing does. */
export function hostState({ state, disabledReason, isForcedDown }: Told): 'forced-down' | 'down' | 'disabled' | 'up' {
  if (isForcedDown) return 'forced-down';
  if (state === 'down') return 'down';
  return disabledReason === null ? 'up' : 'disabled';
}

const TONES: Record<ReturnType<typeof hostState>, StateTone> = {
  'forced-down': 'failed',
  down: 'failed',
  disabled: 'paused',
  up: 'running',
};

/** For a badge: the word, its shape, and why nobody launches there. */
export function describeHostState(host: Told): { tone: StateTone; label: string; title?: string } {
  const state = hostState(host);
  const { disabledReason } = host;
  return { tone: TONES[state], label: t(`hosts:state.${state}`), ...(disabledReason && { title: disabledReason }) };
}
