import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { makeSpec, PRETENDED_IMAGE } from '../../testing/test-machine.ts';
import { buildCommandLine, type CommandLineInput } from './command-line.ts';
import { chooseHardware } from './hardware-choice.ts';
import { machineFiles } from './machine-files.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const MACHINE_TYPES = new Map([
  ['pc', 'pc-i440fx-7.2'],
  ['q35', 'pc-q35-7.2'],
]);

function makeInput(hardware: Record<string, string> = {}, folder = '/data'): CommandLineInput {
  const spec = makeSpec(PRETENDED_IMAGE, { id: ID, vcpus: 2, memoryMib: 512, hardware });
  const files = machineFiles(`${folder}/machines`, `${folder}/run`, ID);
  return {
    spec,
    hardware: chooseHardware(spec, MACHINE_TYPES),
    accelerator: 'tcg',
    hasSandbox: true,
    files,
    disks: {
      root: { path: files.rootDisk, base: { path: '/data/image-cache/base.qcow2', format: 'qcow2' } },
      ephemeral: files.ephemeralDisk,
      swap: files.swapDisk,
      cdrom: null,
      configDrive: files.configDrive,
    },
    plugs: [{ netdev: 'user,ipv6=off', mac: '52:54:00:00:00:01', mtu: 1400, forwards: [] }],
    firmware: null,
    isIncoming: false,
  };
}

/** One option a line, as the golden files have them. */
function print(args: string[]): string {
  return `${args.join('\n').replaceAll(/\n(?!-)/g, ' ')}\n`;
}

function golden(name: string): Promise<string> {
  return readFile(new URL(`./golden/${name}.txt`, import.meta.url), 'utf8');
}

describe('buildCommandLine', () => {
  test('a machine as most are', async () => {
    expect(print(buildCommandLine(makeInput()))).toBe(await golden('usual-machine'));
  });

  test('q35, KVM, UEFI, an installation medium on SATA and a saved memory to come', async () => {
    const input = makeInput({
      hw_machine_type: 'q35',
      hw_cdrom_bus: 'sata',
      hw_disk_bus: 'scsi',
      hw_rng_model: 'none',
    });
    const args = buildCommandLine({
      ...input,
      accelerator: 'kvm',
      hasSandbox: false,
      disks: {
        root: { path: '/d/root.qcow2', base: null },
        ephemeral: null,
        swap: null,
        cdrom: '/d/m.iso',
        configDrive: '/d/c.iso',
      },
      firmware: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/d/vars.fd' },
      isIncoming: true,
    });
    expect(print(args)).toBe(await golden('installation-machine'));
  });

  test('five IDE disks find room', () => {
    const input = makeInput({ hw_disk_bus: 'ide', hw_cdrom_bus: 'ide' });
    const args = buildCommandLine({ ...input, disks: { ...input.disks, cdrom: '/d/m.iso' } });
    const places = args.filter((arg) => /^ide-/.test(arg)).map((arg) => arg.match(/bus=([^,]+(,unit=\d)?)/)?.[1]);
    expect(places).toEqual(['ide.0,unit=0', 'ide.0,unit=1', 'ide.1,unit=0', 'ide.1,unit=1', 'sata.0']);
    expect(args).toContain('ahci,id=sata');
  });

  test('no name reaches it, and commas in paths do not end an option', () => {
    const args = buildCommandLine(makeInput({}, '/data,with=commas/"quotes" $x'));
    expect(args.join('\n')).not.toContain('touch');
    expect(args).toContain(`unix:/data,,with=commas/"quotes" $x/run/${ID}/vnc,share=force-shared`);
    const node = args.find((arg) => arg.startsWith('{"node-name":"root"')) ?? '';
    expect(JSON.parse(node).file.filename).toBe(`/data,with=commas/"quotes" $x/machines/${ID}/root.qcow2`);
  });
});
