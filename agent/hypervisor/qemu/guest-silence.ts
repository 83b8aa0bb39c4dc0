import type { GuestSilence } from '../../../app/contract/guest.ts';

const PORT_HINT = 'Rebuild it, or launch it again, from an image whose property hw_qemu_guest_agent is not "no".';

/** In words, and what to do about it. */
export function describeSilence(silence: GuestSilence): { message: string; hint: string } {
  switch (silence) {
    case 'off':
      return { message: 'The machine does not run.', hint: 'Start it.' };
    case 'no-port':
      return { message: 'The machine has no port to a guest agent.', hint: PORT_HINT };
    case 'not-installed':
      return {
        message: 'No guest agent runs in the guest.',
        hint: 'Install the package qemu-guest-agent in the guest, or wait until the guest is up.',
      };
    case 'silent':
      return { message: 'The guest agent does not answer.', hint: 'The guest may be busy: try again in a while.' };
    case 'nonsense':
      return { message: 'What the guest agent answers makes no sense.', hint: 'Look at the agent in the guest.' };
    case 'no-host':
      return { message: "The machine's host cannot speak with guests.", hint: 'Change it from inside the guest.' };
  }
}
