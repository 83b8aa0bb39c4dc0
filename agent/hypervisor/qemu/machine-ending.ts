import type { Hardware } from '../devices/hardware-choice.ts';
import type { MachineState } from '../driver.ts';

/** How a machine is, and why. */
export type Ending = Pick<MachineState, 'powerState' | 'reason' | 'message'>;

export const ASKED_OFF: Ending = { powerState: 'SHUTDOWN', reason: null, message: null };
export const GUEST_OFF: Ending = { powerState: 'SHUTDOWN', reason: 'guest-shutdown', message: null };
/** As all programs are when their computer goes down; nobody else sends it that. */
export const TERMINATED: Ending = {
  powerState: 'SHUTDOWN',
  reason: 'terminated',
  message: 'Its QEMU was told to end, as when the computer is shut down.',
};
export const PANIC: Ending = { powerState: 'CRASHED', reason: 'guest-panic', message: "The guest's kernel panicked." };

/** What a guest can cause without end is an attack, or a fault that looks like one. */
export const FLOOD: Ending = {
  powerState: 'PAUSED',
  reason: 'flood',
  message: 'The guest was paused because it flooded its host with signals. Stop it, or unpause it if you trust it.',
};

const SILENT = "The guest's watchdog was not answered";
export const WATCHDOG_PAUSED: Ending = {
  powerState: 'PAUSED',
  reason: 'watchdog',
  message: `${SILENT}: it was paused.`,
};

/** What becomes of a guest that does not answer its watchdog. */
export function watchdogEnding(action: NonNullable<Hardware['watchdog']>): Ending {
  switch (action) {
    case 'pause':
      return WATCHDOG_PAUSED;
    case 'poweroff':
      return { powerState: 'SHUTDOWN', reason: 'watchdog', message: `${SILENT}: it was powered off.` };
    case 'reset':
      return { powerState: 'RUNNING', reason: 'watchdog', message: `${SILENT}: it was reset.` };
    case 'none':
      return { powerState: 'RUNNING', reason: 'watchdog', message: `${SILENT}.` };
  }
}

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
