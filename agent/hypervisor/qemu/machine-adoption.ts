import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { exists } from '../../file-exists.ts';
import type { NetworkIsolation } from '../../network/isolation/network-isolation.ts';
import { hasRebootedSince } from '../../process-identity.ts';
import type { Hardware } from '../devices/hardware-choice.ts';
import { LiveQemu, machineNetwork } from './live-qemu.ts';
import { readLogTail } from './log-tail.ts';
import { type Ending, GUEST_OFF, PANIC, WATCHDOG_PAUSED, watchdogEnding } from './machine-ending.ts';
import type { MachineFiles } from './machine-files.ts';
import type { MachineProcess } from './machine-process.ts';
import type { StateRecord } from './machine-record.ts';
import type { QmpEvent } from './qmp-client.ts';
import { endTpm } from './swtpm.ts';

export interface AdoptedState {
  /** The process, if there is one. When `ending` is not a state of running it has only to be ended. */
  live: LiveQemu | null;
  ending: Ending;
}

const statusSchema = z.object({ status: z.string() });

const RUNNING: Ending = { powerState: 'RUNNING', reason: null, message: null };
const PAUSED: Ending = { powerState: 'PAUSED', reason: null, message: null };
const SUSPENDED: Ending = { powerState: 'SUSPENDED', reason: null, message: null };

/** What the process of a machine says that was started by an earlier agent; null when it cannot be asked. */
export async function askProcess(
  process: MachineProcess,
  files: MachineFiles,
  record: StateRecord,
  onEvent: (event: QmpEvent) => void,
  isolation: NetworkIsolation,
  signal: AbortSignal,
): Promise<AdoptedState | null> {
  const live = await LiveQemu.adopt(process, files, onEvent, machineNetwork(isolation, files, record), signal);
  if (live === null) return null;
  try {
    return await judge(live, files, record);
  } catch (error) {
    live.release();
    throw error;
  }
}

async function judge(live: LiveQemu, files: MachineFiles, record: StateRecord): Promise<AdoptedState> {
  const { status } = statusSchema.parse(await live.client.execute('query-status'));
  const hasMemory = await exists(files.memory);
  await rm(files.memoryPartial, { force: true });
  switch (status) {
    case 'running':
      // The memory was loaded and the guest went on: what is left of the file is of the past.
      await rm(files.memory, { force: true });
      return { live, ending: RUNNING };
    case 'shutdown':
      return { live, ending: GUEST_OFF };
    case 'guest-panicked':
      return { live, ending: PANIC };
    case 'watchdog':
      return { live, ending: WATCHDOG_PAUSED };
    case 'internal-error':
      return { live, ending: { powerState: 'CRASHED', reason: 'killed', message: 'The hypervisor failed.' } };
    case 'postmigrate':
      if (hasMemory) return { live, ending: SUSPENDED };
      return goOn(live);
    case 'inmigrate':
      // Being resumed, by an agent that died: the memory is not loaded, and still whole in its file.
      await live.kill();
      return { live: null, ending: await findEnding(files, record) };
    default:
      if (hasMemory) {
        // Either saved and not ended, or loaded and not let go: in both cases the file is as good as the process.
        return { live, ending: SUSPENDED };
      }
      // Stopped for a suspend that was not finished: as before, then.
      return record.powerState === 'RUNNING' ? goOn(live) : { live, ending: PAUSED };
  }
}

/** A guest that did not answer its watchdog, and was only stopped while no agent was there to end it. */
export function whenAway(found: AdoptedState, { watchdog }: Hardware): AdoptedState {
  const isFired = found.ending.reason === 'watchdog';
  return isFired && watchdog === 'poweroff' ? { ...found, ending: watchdogEnding(watchdog) } : found;
}

async function goOn(live: LiveQemu): Promise<AdoptedState> {
  await live.client.execute('migrate_cancel').catch(() => undefined);
  await live.client.execute('cont');
  return { live, ending: RUNNING };
}

/** What a machine is whose process ended before the agent's eyes, and nobody asked it to. */
export async function killedEnding({ qemuLog }: MachineFiles, logStart: number): Promise<Ending> {
  const tail = await readLogTail(qemuLog, logStart);
  const message = tail === '' ? 'QEMU ended unexpectedly.' : `QEMU ended unexpectedly: ${tail}`;
  return { powerState: 'SHUTDOWN', reason: 'killed', message };
}

/** What became of a machine that has no process. */
export async function findEnding(files: MachineFiles, record: StateRecord): Promise<Ending> {
  await endTpm(files);
  await rm(files.memoryPartial, { force: true });
  if (await exists(files.memory)) return SUSPENDED;
  const { powerState, reason, message } = record;
  const wasOn = powerState === 'RUNNING' || powerState === 'PAUSED' || powerState === 'SUSPENDED';
  if (!wasOn) return { powerState, reason, message };
  if (await hasRebootedSince({ bootId: record.bootId, at: record.since })) {
    return { powerState: 'SHUTDOWN', reason: 'host-reboot', message: 'The host was restarted.' };
  }
  const tail = await readLogTail(files.qemuLog, 0);
  const told = tail === '' ? '' : ` The end of its log: ${tail}`;
  return { powerState: 'SHUTDOWN', reason: 'killed', message: `QEMU ended while no agent was running.${told}` };
}
