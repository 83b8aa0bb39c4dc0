import type { MachineSpec } from '../../../app/contract/machine.ts';
import { type Hardware, hasSpice } from '../devices/hardware-choice.ts';
import type { Accelerator } from './accelerator-probe.ts';
import { type DeviceInput, deviceOptions } from './device-options.ts';
import type { MachineFiles } from './machine-files.ts';
import { escapeOption } from './option-value.ts';

export interface CommandLineInput extends DeviceInput {
  /** The display name is not used: nothing a person names reaches a command line. */
  spec: Pick<MachineSpec, 'id' | 'vcpus' | 'memoryMib'>;
  accelerator: Accelerator;
  hasSandbox: boolean;
  hasSerialPipe: boolean;
  /** UEFI code and this machine's variables; null for BIOS. */
  firmware: { code: string; variables: string } | null;
  /** Begin with memory that will be streamed in, and do not run yet. */
  isIncoming: boolean;
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
    ...acceleratorOptions(input.accelerator, hardware),
    ...['-smp', processors(spec.vcpus, hardware), '-m', `${spec.memoryMib}M`],
    ...['-rtc', 'base=utc', '-boot', hardware.hasBootMenu ? 'strict=on,menu=on' : 'strict=on'],
    // cloud-init and others know by this name that they are in an OpenStack cloud.
    ...['-smbios', `type=1,manufacturer=Cumulet,product=OpenStack Compute,serial=${spec.id},uuid=${spec.id}`],
    ...firmwareOptions(input.firmware, hardware),
    ...watchdogOptions(hardware),
    ...['-pidfile', files.pid],
    ...monitorOptions(files),
    ...serialOptions(files, input.hasSerialPipe),
    ...['-vnc', `unix:${escapeOption(files.vncSocket)},share=force-shared`],
    ...spiceOptions(input),
    ...deviceOptions(input),
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

function machineOption(hardware: Hardware): string {
  const { machineType, chipset, hasHpet, isSecure } = hardware;
  const timer = hasHpet === undefined ? '' : `,hpet=${hasHpet ? 'on' : 'off'}`;
  return `${machineType}${chipset === 'pc' ? ',usb=off' : ''}${isSecure ? ',smm=on' : ''}${timer}`;
}

function processors(vcpus: number, { topology }: Hardware): string {
  const { sockets, cores, threads } = topology ?? { sockets: 1, cores: vcpus, threads: 1 };
  return `${vcpus},sockets=${sockets},cores=${cores},threads=${threads}`;
}

function acceleratorOptions(accelerator: Accelerator, { hidesHypervisor, hasPmu }: Hardware): string[] {
  const isEmulated = accelerator === 'tcg';
  const hidden = isEmulated ? 'tcg-cpuid=off' : 'kvm=off';
  const features = [
    ...(hidesHypervisor ? [hidden, '-hypervisor'] : []),
    ...(hasPmu === undefined ? [] : [`pmu=${hasPmu ? 'on' : 'off'}`]),
  ];
  const cpu = [isEmulated ? EMULATED_CPU : 'host', ...features].join(',');
  return ['-accel', isEmulated ? 'tcg,thread=multi' : accelerator, '-cpu', cpu];
}

/**
 * QEMU itself resets the guest, or lets it be. For one that is to be off it only stops it: the agent then ends the process
 * in good order, which QEMU's own action does not, and does so later where it is away.
 */
function watchdogOptions({ watchdog }: Hardware): string[] {
  if (watchdog === undefined) return [];
  return ['-action', `watchdog=${watchdog === 'poweroff' ? 'pause' : watchdog}`];
}

function firmwareOptions(firmware: CommandLineInput['firmware'], { isSecure }: Hardware): string[] {
  if (firmware === null) return [];
  const file = (path: string, index: number) =>
    `if=pflash,format=raw,unit=${index},readonly=${index === 0 ? 'on' : 'off'},file=${escapeOption(path)}`;
  return [
    // Only the firmware itself writes its variables, from a mode that its guest cannot enter.
    ...(isSecure
      ? ['-global', 'driver=cfi.pflash01,property=secure,value=on', '-global', 'ICH9-LPC.disable_s3=1']
      : []),
    ...['-drive', file(firmware.code, 0), '-drive', file(firmware.variables, 1)],
  ];
}

/** Whoever reaches the socket is let in: it lies where only the agent's user may look. */
function spiceOptions({ hardware, files }: CommandLineInput): string[] {
  if (!hasSpice(hardware)) return [];
  const socket = `unix=on,addr=${escapeOption(files.spiceSocket)}`;
  return ['-spice', `${socket},disable-ticketing=on,seamless-migration=off,streaming-video=off`];
}

/** Two monitors: the socket pair for the agent that starts the process, the unix socket for those that come later. */
function monitorOptions(files: MachineFiles): string[] {
  return [
    ...['-chardev', `socket,id=qmp-birth,fd=${MONITOR_FD}`, '-mon', 'chardev=qmp-birth,mode=control'],
    ...['-chardev', `socket,id=qmp-later,path=${escapeOption(files.qmpSocket)},server=on,wait=off`],
    ...['-mon', 'chardev=qmp-later,mode=control'],
  ];
}

function serialOptions(files: MachineFiles, hasPipe: boolean): string[] {
  const log = `logfile=${escapeOption(files.serialLog)},logappend=on`;
  const line = hasPipe
    ? `pipe,id=serial0,path=${escapeOption(files.serialPipe)}`
    : `socket,id=serial0,path=${escapeOption(files.serialSocket)},server=on,wait=off`;
  return ['-chardev', `${line},${log}`, '-device', 'isa-serial,chardev=serial0,index=0'];
}
