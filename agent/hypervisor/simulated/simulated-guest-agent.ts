import { UserError } from '../../../app/contract/errors.ts';
import { silentGuest } from '../../../app/contract/guest.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { MachineState } from '../driver.ts';
import type { GuestAgent } from '../guest-agent.ts';

type Simulated = { spec: MachineSpec; state: MachineState };

/** Answers for every guest that runs, as soon as it runs. */
export function simulatedGuestAgent(find: (id: string) => Simulated): GuestAgent {
  return {
    report: async (id) => {
      const { spec, state } = find(id);
      if (state.powerState !== 'RUNNING') return silentGuest('off');
      return {
        ...{ answers: true, silence: null, agentVersion: '1.0' },
        hostName: spec.name.slice(0, 255),
        os: { name: 'Simulated', version: null, kernel: null },
        nics: spec.ports.slice(0, 64).map(({ mac, fixedIps }, index) => ({
          ...{ name: `eth${index}`, mac },
          addresses: fixedIps.map(({ ipAddress }) => ipAddress).slice(0, 32),
        })),
      };
    },
    setPassword: async (id) => {
      if (find(id).state.powerState === 'RUNNING') return;
      throw new UserError('conflict', 'The password was not changed: The machine does not run.');
    },
  };
}
