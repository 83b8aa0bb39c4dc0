import type { MachineSpec } from '../../../app/contract/machine.ts';
import type { NetworkPlug } from '../../network/driver.ts';
import type { Accelerator } from './accelerator-probe.ts';
import type { DiskBus, Hardware } from './hardware-choice.ts';
import type { MachineFiles } from './machine-files.ts';

export interface CommandLineInput {
  /** The display name is not used: nothing a person names reaches a command line. */
  spec: Pick<MachineSpec, 'id' | 'vcpus' | 'memoryMib'>;
  hardware: Hardware;
  accelerator: Accelerator;
  hasSandbox: boolean;
  files: MachineFiles;
  disks: MachineDisks;
  plugs: readonly NetworkPlug[];
  /** UEFI code and this machine's variables; null for BIOS. */
  firmware: { code: string; variables: string } | null;
  /** Begin with memory that will be streamed in, and do not run yet. */
  isIncoming: boolean;
}

export interface MachineDisks {
  /** The overlay and the image under it; null when the machine boots from a CD-ROM and has no disk. */
  root: { path: string; base: { path: string; format: 'qcow2' | 'raw' } | null } | null;
  ephemeral: string | null;
  swap: string | null;
  /** The installation medium. */
  cdrom: string | null;
  configDrive: string | null;
}

/** File descriptor at which the process finds its end of the socket pair to the agent. */
export const MONITOR_FD = 3;

/** The arguments of `qemu-system-x86_64` for a machine. Pure: the same input gives the same list. */
export function buildCommandLine(input: CommandLineInput): string[] {
  const { spec, hardware, files } = input;
  return [
    ...['-name', `cumulet-${spec.id}`, '-uuid', spec.id],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-shutdown'],
    ...(input.hasSandbox ? ['-sandbox', SANDBOX] : []),
    ...['-machine', machineOption(hardware)],
    ...acceleratorOptions(input.accelerator),
    ...['-smp', `${spec.vcpus},sockets=1,cores=${spec.vcpus},threads=1`, '-m', `${spec.memoryMib}M`],
    ...['-rtc', 'base=utc', '-boot', 'strict=on'],
    // cloud-init and others know by this name that they are in an OpenStack cloud.
    ...['-smbios', `type=1,manufacturer=Cumulet,product=OpenStack Compute,serial=${spec.id},uuid=${spec.id}`],
    ...firmwareOptions(input.firmware),
    ...['-pidfile', files.pid],
    ...monitorOptions(files),
    ...serialOptions(files),
    ...['-vnc', `unix:${escapeOption(files.vncSocket)},share=force-shared`],
    ...deviceOptions(hardware),
    ...new DiskOptions(hardware, input.disks).list(),
    ...input.plugs.flatMap((plug, index) => networkOptions(plug, index, hardware)),
    ...(input.isIncoming ? ['-S', '-incoming', 'defer'] : []),
  ];
}

/** The process may neither start others nor gain rights; obsolete system calls are closed to it. */
const SANDBOX = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';

/**
 * What x86-64-v2 asks for over QEMU's default model. Enterprise distributions refuse less; `max` has much more and
 * boots markedly slower when emulated.
 */
const EMULATED_CPU = 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16,+lahf-lm';

/** In `key=value` options a comma ends the value unless it is doubled. */
function escapeOption(value: string): string {
  return value.replaceAll(',', ',,');
}

function machineOption(hardware: Hardware): string {
  return hardware.chipset === 'pc' ? `${hardware.machineType},usb=off` : hardware.machineType;
}

function acceleratorOptions(accelerator: Accelerator): string[] {
  if (accelerator === 'tcg') return ['-accel', 'tcg,thread=multi', '-cpu', EMULATED_CPU];
  return ['-accel', accelerator, '-cpu', 'host'];
}

function firmwareOptions(firmware: CommandLineInput['firmware']): string[] {
  if (firmware === null) return [];
  const file = (path: string, index: number) =>
    `if=pflash,format=raw,unit=${index},readonly=${index === 0 ? 'on' : 'off'},file=${escapeOption(path)}`;
  return ['-drive', file(firmware.code, 0), '-drive', file(firmware.variables, 1)];
}

/** Two monitors: the socket pair for the agent that starts the process, the unix socket for those that come later. */
function monitorOptions(files: MachineFiles): string[] {
  return [
    ...['-chardev', `socket,id=qmp-birth,fd=${MONITOR_FD}`, '-mon', 'chardev=qmp-birth,mode=control'],
    ...['-chardev', `socket,id=qmp-later,path=${escapeOption(files.qmpSocket)},server=on,wait=off`],
    ...['-mon', 'chardev=qmp-later,mode=control'],
  ];
}

function serialOptions(files: MachineFiles): string[] {
  const log = `logfile=${escapeOption(files.serialLog)},logappend=on`;
  const pipe = `path=${escapeOption(files.serialPipe)}`;
  return ['-chardev', `pipe,id=serial0,${pipe},${log}`, '-device', 'isa-serial,chardev=serial0,index=0'];
}

function deviceOptions(hardware: Hardware): string[] {
  const options: string[] = [];
  if (hardware.videoModel !== 'none') options.push('-device', hardware.videoModel);
  if (needsUsb(hardware)) options.push('-device', 'qemu-xhci,id=usb');
  if (hardware.pointerModel === 'usb-tablet') options.push('-device', 'usb-tablet,bus=usb.0');
  if (hardware.hasRandomSource) {
    options.push('-object', 'rng-random,id=rng0,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng0');
  }
  options.push('-device', 'virtio-balloon-pci,id=balloon', '-device', 'pvpanic');
  return options;
}

function needsUsb(hardware: Hardware): boolean {
  return hardware.pointerModel === 'usb-tablet' || hardware.diskBus === 'usb' || hardware.cdromBus === 'usb';
}

/** Hands out places on the controllers as disks are added, so that each lands on the same one at every start. */
class DiskOptions {
  private readonly hardware: Hardware;
  private readonly disks: MachineDisks;
  private readonly options: string[] = [];
  private readonly used = new Map<DiskBus, number>();
  private bootIndex = 1;

  constructor(hardware: Hardware, disks: MachineDisks) {
    this.hardware = hardware;
    this.disks = disks;
  }

  list(): string[] {
    const { root, ephemeral, swap, cdrom, configDrive } = this.disks;
    if (root !== null) {
      const backing = root.base === null ? null : imageNode(root.base.format, root.base.path, true);
      this.add('root', { ...imageNode('qcow2', root.path, false), backing }, true);
    }
    // A blank disk does not boot, so an installation medium gets its turn until something is installed.
    if (cdrom !== null) this.addCdrom('cdrom', cdrom, true);
    if (ephemeral !== null) this.add('ephemeral', imageNode('qcow2', ephemeral, false), false);
    if (swap !== null) this.add('swap', imageNode('raw', swap, false), false);
    if (configDrive !== null) this.addCdrom('config-drive', configDrive, false);
    return this.options;
  }

  private add(name: string, node: Record<string, unknown>, canBoot: boolean): void {
    this.options.push('-blockdev', JSON.stringify({ 'node-name': name, ...node }));
    const place = this.place(this.hardware.diskBus);
    this.attach(name, place.disk, place.address, canBoot);
  }

  private addCdrom(name: string, path: string, canBoot: boolean): void {
    this.options.push('-blockdev', JSON.stringify({ 'node-name': name, ...imageNode('raw', path, true) }));
    const place = this.place(this.hardware.cdromBus);
    this.attach(name, place.cdrom, place.address, canBoot);
  }

  private attach(name: string, device: string, address: string, canBoot: boolean): void {
    const boot = canBoot ? `,bootindex=${this.bootIndex++}` : '';
    this.options.push('-device', `${device},id=${name}-device,drive=${name}${address}${boot}`);
  }

  /** Device models and address on the next free place of a bus; adds the controller when it is the first there. */
  private place(bus: DiskBus): { disk: string; cdrom: string; address: string } {
    const number = this.used.get(bus) ?? 0;
    this.used.set(bus, number + 1);
    switch (bus) {
      case 'virtio':
        // There is no virtio CD-ROM: a read-only disk carries the same file system.
        return { disk: 'virtio-blk-pci', cdrom: 'virtio-blk-pci', address: '' };
      case 'scsi':
        if (number === 0) this.options.push('-device', 'virtio-scsi-pci,id=scsi');
        return { disk: 'scsi-hd', cdrom: 'scsi-cd', address: `,bus=scsi.0,scsi-id=${number}` };
      case 'ide':
        // Two channels with two places each; what comes after finds room on an AHCI controller.
        if (number >= 4) return this.place('sata');
        return { disk: 'ide-hd', cdrom: 'ide-cd', address: `,bus=ide.${number >> 1},unit=${number & 1}` };
      case 'sata':
        // A q35 board has this controller built in, under the name `ide`.
        if (this.hardware.chipset === 'q35') return { disk: 'ide-hd', cdrom: 'ide-cd', address: `,bus=ide.${number}` };
        if (number === 0) this.options.push('-device', 'ahci,id=sata');
        return { disk: 'ide-hd', cdrom: 'ide-cd', address: `,bus=sata.${number}` };
      case 'usb':
        return { disk: 'usb-storage', cdrom: 'usb-storage', address: ',bus=usb.0' };
    }
  }
}

/** Formats are always stated, so QEMU never guesses one from what a guest wrote into its disk. */
function imageNode(format: 'qcow2' | 'raw', path: string, isReadOnly: boolean): Record<string, unknown> {
  const discard = isReadOnly ? 'ignore' : 'unmap';
  const file = { driver: 'file', filename: path, 'read-only': isReadOnly, discard };
  // Whatever a header may say, nothing is opened that is not named here.
  const backing = format === 'qcow2' ? { backing: null } : {};
  return { driver: format, 'read-only': isReadOnly, discard, file, ...backing };
}

/** No boot ROM: nothing boots from the network, and the ROM is a package of its own that may be missing. */
function networkOptions(plug: NetworkPlug, index: number, hardware: Hardware): string[] {
  const mtu = plug.mtu !== null && hardware.networkModel === 'virtio-net-pci' ? `,host_mtu=${plug.mtu}` : '';
  return [
    ...['-netdev', `${plug.netdev},id=net${index}`],
    ...['-device', `${hardware.networkModel},id=nic${index},netdev=net${index},mac=${plug.mac},romfile=${mtu}`],
  ];
}
