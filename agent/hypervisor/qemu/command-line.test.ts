import { describe, expect, test } from 'vitest';
import type { MachineSpec } from '../../../app/contract/machine.ts';
import { makeSpec, PRETENDED_IMAGE } from '../../testing/test-machine.ts';
import { chooseHardware } from '../devices/hardware-choice.ts';
import { placeMachine } from '../devices/placement.ts';
import { buildCommandLine, type CommandLineInput } from './command-line.ts';
import { machineFiles } from './machine-files.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const MACHINE_TYPES = new Map([
  ['pc', 'pc-i440fx-7.2'],
  ['q35', 'pc-q35-7.2'],
]);

const PORT = {
  ...{ id: 'p', mac: '52:54:00:00:00:01', driver: 'user', networkId: 'n', mtu: 1400 },
  fixedIps: [],
};

function makeInput(
  hardware: Record<string, string> = {},
  { folder = '/data', ...changes }: Partial<MachineSpec> & { folder?: string } = {},
): CommandLineInput {
  const sizes = { vcpus: 2, memoryMib: 512, ephemeralDiskGib: 1, swapMib: 64 };
  const spec = makeSpec(
    { ...PRETENDED_IMAGE, diskFormat: 'qcow2' },
    { id: ID, ...sizes, ports: [PORT], hardware, ...changes },
  );
  const chosen = chooseHardware(spec, MACHINE_TYPES);
  return {
    spec,
    hardware: chosen,
    devices: placeMachine(chosen, spec, true),
    images: new Map([[spec.image.id, `/data/image-cache/base.${spec.image.diskFormat}`]]),
    accelerator: 'tcg',
    hasSandbox: true,
    hasSerialPipe: true,
    files: machineFiles(`${folder}/machines`, `${folder}/run`, ID),
    plugs: [
      {
        ...{ kind: 'user', port: PORT.id, mac: PORT.mac, mtu: PORT.mtu, forwards: [] },
        ...{ addresses: null, leadsOutside: true, listensAt: null },
      },
    ],
    firmware: null,
    isIncoming: false,
  };
}
const MEDIUM = { image: { ...PRETENDED_IMAGE, diskFormat: 'iso' as const }, rootDiskGib: 1 };

/** One option a line, as the golden files have them. */
function print(args: string[]): string {
  return `${args.join('\n').replaceAll(/\n(?!-)/g, ' ')}\n`;
}

describe('buildCommandLine', () => {
  test('a machine as most are', async () => {
    await expect(print(buildCommandLine(makeInput()))).toMatchFileSnapshot('./golden/usual-machine.txt');
  });

  test('q35, KVM, UEFI, an installation medium on SATA and a saved memory to come', async () => {
    const hardware = { hw_machine_type: 'q35', hw_cdrom_bus: 'sata', hw_disk_bus: 'scsi', hw_rng_model: 'none' };
    const args = buildCommandLine({
      ...makeInput(hardware, { ...MEDIUM, ephemeralDiskGib: 0, swapMib: 0 }),
      accelerator: 'kvm',
      ...{ hasSandbox: false, hasSerialPipe: false, isIncoming: true },
      firmware: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/d/vars.fd' },
    });
    await expect(print(args)).toMatchFileSnapshot('./golden/installation-machine.txt');
  });

  test('what the user-mode network is, by its options', () => {
    const addresses = { network: '10.20.0.0/24', host: '10.20.0.1', guest: '10.20.0.57', nameserver: '10.20.0.254' };
    const forwards = [{ guestPort: 22, hostAddress: '127.0.0.1', hostPort: 4022 }];
    const input = makeInput();
    const netdev = (changes: object) => {
      const args = buildCommandLine({ ...input, plugs: input.plugs.map((plug) => ({ ...plug, ...changes })) });
      return args[args.indexOf('-netdev') + 1];
    };
    expect(netdev({ addresses, forwards, listensAt: '127.0.0.1' })).toBe(
      'user,ipv6=off,net=10.20.0.0/24,host=10.20.0.1,dhcpstart=10.20.0.57,dns=10.20.0.254,hostfwd=tcp:127.0.0.1:4022-10.20.0.57:22,id=net0',
    );
    expect(netdev({ addresses: { ...addresses, nameserver: null }, forwards, leadsOutside: false })).toBe(
      'user,ipv6=off,net=10.20.0.0/24,host=10.20.0.1,dhcpstart=10.20.0.57,restrict=on,hostfwd=tcp::4022-10.20.0.57:22,id=net0',
    );
  });

  test('five IDE disks find room', () => {
    const args = buildCommandLine(makeInput({ hw_disk_bus: 'ide', hw_cdrom_bus: 'ide' }, MEDIUM));
    const places = args.filter((arg) => /^ide-/.test(arg)).map((arg) => arg.match(/bus=([^,]+(,unit=\d)?)/)?.[1]);
    expect(places).toEqual(['ide.0,unit=0', 'ide.0,unit=1', 'ide.1,unit=0', 'ide.1,unit=1', 'sata.0']);
    expect(args).toContain('ahci,id=sata,bus=pci.0,addr=0x6');
  });

  test('no name reaches it, and commas in paths do not end an option', () => {
    const args = buildCommandLine(makeInput({}, { folder: '/data,with=commas/"quotes" $x' }));
    expect(args.join('\n')).not.toContain('touch');
    expect(args).toContain(`unix:/data,,with=commas/"quotes" $x/run/${ID}/vnc,share=force-shared`);
    const node = args.find((arg) => arg.startsWith('{"node-name":"root"')) ?? '';
    expect(JSON.parse(node).file.filename).toBe(`/data,with=commas/"quotes" $x/machines/${ID}/root.qcow2`);
  });
});
