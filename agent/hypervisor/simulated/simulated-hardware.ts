import type { ConsoleType } from '../../../app/contract/console.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { MachineHardware } from '../../../app/contract/machine-hardware.ts';
import { chooseHardware } from '../devices/hardware-choice.ts';
import { type DiskSizes, hardwareView } from '../devices/hardware-view.ts';
import { placeMachine } from '../devices/placement.ts';
import type { MachineState } from '../driver.ts';
import { SIMULATED_FACTS } from './simulated-host.ts';

const MACHINE_TYPES = new Map([
  ['pc', 'pc-simulated'],
  ['q35', 'pc-q35-simulated'],
]);
const [GIB, MIB] = [1024 ** 3, 1024 ** 2];

interface Simulated {
  spec: MachineSpec;
  state: Pick<MachineState, 'nics'>;
}

/** As a machine of that specification would be made, with nothing written to its disks. */
export function simulatedHardware({ spec, state: { nics = [] } }: Simulated): MachineHardware {
  const hardware = chooseHardware(spec, MACHINE_TYPES);
  const devices = placeMachine(hardware, spec, spec.configDrive !== null);
  const sizes = devices.disks.map(({ id, role, source }): [string, DiskSizes] => {
    const image = source.kind === 'image' ? source.image.virtualSize : null;
    const more = spec.disks.find((disk) => disk.id === id);
    const root = role === 'root' && spec.rootDiskGib > 0 ? spec.rootDiskGib * GIB : image;
    return [id, { sizeBytes: more ? more.sizeMib * MIB : root, usedBytes: 0 }];
  });
  const { accelerator } = SIMULATED_FACTS;
  const waits = new Set(nics.flatMap(({ port, pending }) => (pending === 'plug' ? [port] : [])));
  const ports = spec.ports.filter(({ id }) => !waits.has(id));
  const running = { disks: new Set(devices.disks.map(({ id }) => id)), ports };
  const consoles: ConsoleType[] = ['vnc', 'serial'];
  return hardwareView({ spec, hardware, devices }, { accelerator, sizes: new Map(sizes), running, consoles });
}
