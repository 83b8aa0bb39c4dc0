/**
 * Places where a crash is worth testing. `CUMULET_FAILPOINT=<name>` makes the agent kill itself there with SIGKILL,
 * so that nothing is flushed or cleaned up, just as on a power cut. Tests walk {@link FAIL_POINTS}.
 */
export const FAIL_POINTS = [
  /** The machine's folder is there, with nothing in it. */
  'agent.spawn.begun',
  /** The base image is in the cache. */
  'agent.spawn.image',
  /** The root disk is laid. */
  'agent.spawn.disk',
  /** The config drive is written. */
  'agent.spawn.config-drive',
  /** Everything is prepared and recorded as such; no process yet. */
  'agent.spawn.prepared',
  /** The hypervisor process exists; its pid is not recorded yet. */
  'agent.spawn.launched',
  /** The guest runs and is recorded as running; the order has not been answered. */
  'agent.spawn.started',
  /** Nothing is there of the copy yet. */
  'agent.snapshot.begun',
  /** QEMU copies the disk of a guest that runs. */
  'agent.snapshot.copying',
  /** The copy is whole; the controller has nothing of it. */
  'agent.snapshot.copied',
  /** The controller has all of it; the copy is still there, and the order has not been answered. */
  'agent.snapshot.sent',
  /** The guest's file systems stand still. */
  'agent.quiesce.frozen',
  /** The guest's memory is saved whole; the hypervisor process still lives. */
  'agent.suspend.saved',
  /** The memory is loaded into a new process and its file removed; the guest does not run yet. */
  'agent.resume.loaded',
  /** New files of a machine that is rebuilt or rescued are named in its record, and none is there. */
  'agent.replace.noted',
  /** Its new disks are there; it still runs on those it had. */
  'agent.replace.made',
  /** It is off, and its disks are still those it had. */
  'agent.replace.off',
  /** Its disks are the new ones; those it had are still there. */
  'agent.replace.replaced',
  /** There is no way back any more; its disks are still two files each. */
  'agent.confirm_resize.decided',
  /** The lower file has all that the upper one has; the record names the upper one. */
  'agent.confirm_resize.synced',
  /** The record names the lower one; the process has both. */
  'agent.confirm_resize.merged',
  /** The record has the new card; the process that runs has not. */
  'agent.plug_nic.noted',
  /** The process has it too; the record does not say so. */
  'agent.plug_nic.plugged',
  /** The record has the card no more; the process has it. */
  'agent.unplug_nic.noted',
  /** The guest was asked, and has let go or not; the card's network is still there. */
  'agent.unplug_nic.asked',
  /** The order is recorded; the guest still runs. */
  'agent.destroy.begun',
  /** The hypervisor process is gone, the files are not. */
  'agent.destroy.stopped',
  /** The files are gone; the order is not recorded as carried out. */
  'agent.destroy.removed',
] as const;

export type FailPoint = (typeof FAIL_POINTS)[number];

/** Dies here if the environment asks for it. */
export function failPoint(name: FailPoint): void {
  if (process.env.CUMULET_FAILPOINT !== name) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is asynchronous in theory: make sure that not one more instruction of ours runs.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
