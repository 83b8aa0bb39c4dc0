import type { DiskBus } from '../../app/contract/machine.ts';

/** A disk that a machine is given while it is there. */
export interface DiskToAttach {
  /** A uuid: what it is known by, here and to whoever asked for it. */
  key: string;
  source:
    | { kind: 'blank'; sizeMib: number }
    /** Of this host; it stays where it is when the disk goes. */
    | { kind: 'file'; path: string; format: 'raw' | 'qcow2' };
  /** Null: that of the machine's disks. */
  bus: DiskBus | null;
  /** At most 20 letters, digits and dashes; null: the first of its key. */
  serial: string | null;
}

/** As it is plugged, or will be when the machine starts. */
export interface AttachedDisk {
  key: string;
  bus: DiskBus;
  serial: string;
  /** The machine that runs has it. */
  isThere: boolean;
}

/** What a disk has as its serial number. */
export function serialOf({ key, serial }: Pick<DiskToAttach, 'key' | 'serial'>): string {
  return serial ?? key.slice(0, 20);
}
