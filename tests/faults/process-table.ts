import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export interface RunningProcess {
  pid: number;
  commandLine: string[];
}

/** Processes with `text` somewhere on their command line, this one left out. Linux only, as these tests are. */
export function processesNaming(text: string): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), commandLine: commandLineOf(name) }))
    .filter(({ commandLine }) => commandLine.some((argument) => argument.includes(text)));
}

/** The process that started it, or that took it over; undefined where it is gone. */
export function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** QEMU processes with files in `folder`. */
export function hypervisorsOf(folder: string): RunningProcess[] {
  return processesNaming(folder).filter(({ commandLine }) => /qemu-system-/.test(commandLine[0] ?? ''));
}

/** What emulates the TPMs of machines below `folder`, each with its machine's id. */
export function tpmsOf(folder: string): { pid: number; machineId: string }[] {
  const places = processesNaming('swtpm').map(({ pid }) => ({ pid, place: folderOf(pid) }));
  const own = places.filter(({ place }) => place.startsWith(folder));
  return own.map(({ pid, place }) => ({ pid, machineId: basename(place) }));
}

function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** Memory the process has in RAM now, and the most it ever had, MiB. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** Its proportional set size, MiB: what it shares with others counts by its part of it. */
export function sharedMemoryOf(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
}

function commandLineOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // Gone since the folder was read.
    return [];
  }
}
