import type { MachineState } from '../driver.ts';

/** How a machine is, and why. */
export type Ending = Pick<MachineState, 'powerState' | 'reason' | 'message'>;

export const ASKED_OFF: Ending = { powerState: 'SHUTDOWN', reason: null, message: null };
export const GUEST_OFF: Ending = { powerState: 'SHUTDOWN', reason: 'guest-shutdown', message: null };
export const PANIC: Ending = { powerState: 'CRASHED', reason: 'guest-panic', message: "The guest's kernel panicked." };

/** What a guest can cause without end is an attack, or a fault that looks like one. */
export const FLOOD: Ending = {
  powerState: 'PAUSED',
  reason: 'flood',
  message: 'The guest was paused because it flooded its host with signals. Stop it, or unpause it if you trust it.',
};

export const UNREACHABLE = 'Its QEMU runs but does not answer.';

/** What a guest that QEMU paused is told to be. */
export function ioErrorOf(data: Record<string, unknown>): Ending {
  if (data.nospace === true) {
    const message = 'The guest was paused because the disk of its host is full. Free some space, then unpause it.';
    return { powerState: 'PAUSED', reason: 'disk-full', message };
  }
  return {
    powerState: 'PAUSED',
    reason: 'io-error',
    message: `The guest was paused: its disk failed (${data.reason}).`,
  };
}
