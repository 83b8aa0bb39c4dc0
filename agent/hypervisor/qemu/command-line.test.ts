import { describe, expect, test } from 'vitest';
import { type MachineImage, type MachineSpec, usualDisks } from '../../../app/contract/machine.ts';
import { makeSpec, PRETENDED_IMAGE } from '../../testing/test-machine.ts';
import { chooseHardware } from '../devices/hardware-choice.ts';
import { placeGuestAgent, placeMachine } from '../devices/placement.ts';
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
  { folder = '/data', ...changes }: Partial<MachineSpec> & { image?: MachineImage; folder?: string } = {},
): CommandLineInput {
  const sizes = { vcpus: 2, memoryMib: 512, disks: usualDisks(1, 64) };
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

  test('the port to the guest agent comes after all that machines without it have', () => {
    const input = makeInput();
    const args = buildCommandLine({ ...input, devices: placeGuestAgent(input.hardware, input.devices) });
    const without = buildCommandLine(input);
    expect(args.slice(0, without.length)).toEqual(without);
    expect(args.slice(without.length)).toEqual([
      ...['-device', 'virtio-serial-pci,id=ports,max_ports=2,bus=pci.0,addr=0xa'],
      ...['-chardev', `socket,id=guest-agent,path=/data/run/${ID}/ga,server=on,wait=off`],
      ...['-device', 'virtserialport,bus=ports.0,nr=1,chardev=guest-agent,name=org.qemu.guest_agent.0'],
    ]);
  });

  test('a card of SPICE brings its server, which only the folder of the machine leads to', () => {
    const args = buildCommandLine(makeInput({ hw_video_model: 'qxl' }));
    expect(args[args.indexOf('-spice') + 1]).toBe(
      `unix=on,addr=/data/run/${ID}/spc,disable-ticketing=on,seamless-migration=off,streaming-video=off`,
    );
    expect(buildCommandLine(makeInput())).not.toContain('-spice');
  });

  test('q35, KVM, UEFI, an installation medium on SATA and a saved memory to come', async () => {
    const hardware = { hw_machine_type: 'q35', hw_cdrom_bus: 'sata', hw_disk_bus: 'scsi', hw_rng_model: 'none' };
    const args = buildCommandLine({
      ...makeInput(hardware, { ...MEDIUM, disks: [] }),
      accelerator: 'kvm',
      ...{ hasSandbox: false, hasSerialPipe: false, isIncoming: true },
      firmware: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/d/vars.fd' },
    });
    await expect(print(args)).toMatchFileSnapshot('./golden/installation-machine.txt');
  });

  test('all that a flavor or an image can ask for beside, on a board whose firmware is kept from its guest', async () => {
    const hardware = {
      ...{ hw_machine_type: 'q35', hw_watchdog_action: 'poweroff', hw_tpm_version: '2.0', hw_tpm_model: 'tpm-crb' },
      ...{ os_secure_boot: 'required', hw_cpu_sockets: '2', hw_cpu_cores: '1', hw_cpu_threads: '1' },
      ...{ hw_rng_rate_bytes: '64', hw_rng_rate_period: '20', hw_boot_menu: 'true', hw_video_ram: '32' },
      ...{ hw_hide_hypervisor_id: 'true', hw_pmu: 'false', hw_time_hpet: 'false', hw_input_bus: 'virtio' },
    };
    const args = buildCommandLine({
      ...makeInput(hardware),
      firmware: { code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd', variables: '/d/vars.fd' },
    });
    await expect(print(args)).toMatchFileSnapshot('./golden/asked-for-machine.txt');
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
