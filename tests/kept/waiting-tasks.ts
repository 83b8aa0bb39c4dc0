/** Where a kept task waits: at the beginning of a step, or with its effect done and not recorded. */
export interface WaitingTask {
  kind: string;
  step: string;
  place: 'before' | 'after';
  /** Id of the server or image. */
  subject: string;
}

/** What stands beside a kept folder: `<name>.json`. */
export interface KeptFolder {
  /** Version of the product that made it, and its commit. */
  version: string;
  commit: string;
  /** Where the folder lay: the command lines and the database name it. */
  dataDir: string;
  hostName: string;
  /** Where images came from; to be replaced in the tasks by an address that answers. */
  origin: string;
  waiting: WaitingTask[];
  /** A machine without work. */
  idle: string;
  /** A build that was cancelled, in the middle of being taken back. */
  undoing: string;
  /** A machine being rebooted, and behind that to be deleted. */
  queued: string;
  /** QEMU processes that ran, by machine. */
  processes: Record<string, { commandLine: string[]; isPaused: boolean }>;
}

export const HOST_NAME = 'kept-host';
export const ORIGIN = 'http://images.invalid';
export const PASSWORD = 'test-password';

/** A disk without anything on it: its machine stays in the firmware, which starts at once. */
export const BLANK_DISK = Buffer.alloc(64 * 1024);
