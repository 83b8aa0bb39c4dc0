import type { Hardware } from '../devices/hardware-choice.ts';
import type { LiveQemu } from './live-qemu.ts';
import { ASKED_OFF, type Ending, GUEST_OFF, ioErrorOf, PANIC, TERMINATED, watchdogEnding } from './machine-ending.ts';
import type { QmpEvent } from './qmp-client.ts';

/** What an order does to the guest, so that what follows from it is no news. */
type Doing = 'pressing-power' | 'moving-memory' | null;

interface Alive {
  readonly doing: Doing;
  /** Why QEMU has paused the guest, or is about to. */
  readonly pauseCause: Ending | null;
}

/**
 * What there is of a machine's process. `awaited`: it is being started, or is one of an earlier agent, and does not answer
 * yet. `ending`: it is known what the machine is once the process is gone; that may be known before the process answers.
 */
export type MachinePhase =
  | { readonly kind: 'off' }
  | ({ readonly kind: 'awaited' } & Alive)
  | ({ readonly kind: 'up'; readonly live: LiveQemu } & Alive)
  | { readonly kind: 'ending'; readonly live: LiveQemu | null; readonly ending: Ending };

export const OFF: MachinePhase = { kind: 'off' };

export function awaited(doing: Doing): MachinePhase {
  return { kind: 'awaited', doing, pauseCause: null };
}

/** Its process answers. */
export function answered(phase: MachinePhase, live: LiveQemu): MachinePhase {
  if (phase.kind === 'ending') return { ...phase, live };
  const { doing = null, pauseCause = null } = phase.kind === 'awaited' ? phase : {};
  return { kind: 'up', live, doing, pauseCause };
}

export function endingWith(phase: MachinePhase, ending: Ending): MachinePhase {
  return { kind: 'ending', live: liveOf(phase), ending };
}

export function busyWith(phase: MachinePhase, doing: Doing): MachinePhase {
  return isAlive(phase) ? { ...phase, doing } : phase;
}

export function pausedFor(phase: MachinePhase, pauseCause: Ending): MachinePhase {
  return isAlive(phase) ? { ...phase, pauseCause } : phase;
}

/** Its process, also one that is about to end. */
export function liveOf(phase: MachinePhase): LiveQemu | null {
  return 'live' in phase ? phase.live : null;
}

/** What the machine is from an event on, and what its state has become without an order. */
export function afterEvent(
  phase: MachinePhase,
  { name, data }: QmpEvent,
  watchdog: Hardware['watchdog'] = 'none',
): { phase: MachinePhase; news?: Ending } {
  if (!isAlive(phase)) return { phase };
  switch (name) {
    case 'WATCHDOG': {
      const ending = watchdogEnding(watchdog);
      if (watchdog === 'poweroff') return { phase: endingWith(phase, ending) };
      // That it is paused is told when it is.
      return watchdog === 'pause' ? { phase: { ...phase, pauseCause: ending } } : { phase, news: ending };
    }
    case 'SHUTDOWN':
      if (data.reason === 'guest-panic') return { phase: endingWith(phase, PANIC) };
      if (data.reason === 'host-signal') return { phase: endingWith(phase, TERMINATED) };
      // Otherwise a foreign `quit` ends it: `killed`, once it is gone.
      if (data.guest !== true) return { phase };
      return { phase: endingWith(phase, phase.doing === 'pressing-power' ? ASKED_OFF : GUEST_OFF) };
    case 'GUEST_PANICKED':
      return { phase: endingWith(phase, PANIC) };
    case 'BLOCK_IO_ERROR':
      return { phase: data.action === 'stop' ? { ...phase, pauseCause: ioErrorOf(data) } : phase };
    case 'STOP':
      if (phase.doing === 'moving-memory') return { phase };
      return { phase, news: phase.pauseCause ?? { powerState: 'PAUSED', reason: null, message: null } };
    case 'RESUME':
      if (phase.doing === 'moving-memory') return { phase };
      return { phase: { ...phase, pauseCause: null }, news: { powerState: 'RUNNING', reason: null, message: null } };
    default:
      return { phase };
  }
}

function isAlive(phase: MachinePhase): phase is Extract<MachinePhase, Alive> {
  return phase.kind === 'awaited' || phase.kind === 'up';
}
