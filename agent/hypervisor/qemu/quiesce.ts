import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { UserError } from '../../../app/contract/errors.ts';
import { readFlag } from '../../../app/contract/image-flag.ts';
import { readIfThere, writeWholeFile } from '../../../app/files/whole-file.ts';
import { isDiskFull } from '../../disk-full.ts';
import { failPoint } from '../../fail-point.ts';
import type { MachineState } from '../driver.ts';
import { type GuestAgentSession, GuestRefusal, GuestSilent } from './guest-agent-session.ts';
import { describeSilence } from './guest-silence.ts';
import type { LiveQemu } from './live-qemu.ts';
import type { MachineFiles } from './machine-files.ts';
import type { MachineRecord } from './machine-record.ts';

/** How long a guest may take to bring its file systems to rest, and to let them go on; milliseconds. */
const FREEZE_WITHIN_MS = 15_000;
const THAW_WITHIN_MS = 10_000;
/** They stand still no longer, whatever is done meanwhile, milliseconds. */
const FROZEN_AT_MOST_MS = 10_000;
/** Pauses between attempts to let them go on, milliseconds. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export interface Quiescence {
  machine: { files: MachineFiles; record: MachineRecord; status(): Pick<MachineState, 'powerState'> };
  live: LiveQemu;
  log: Logger;
}

/**
 * Does what must find the guest's file systems whole, while they stand still where the guest's agent sees to it, and as they
 * are elsewhere. Where the image demands it (`os_require_quiesce`) it is refused there. Whatever happens, they go on.
 */
export async function whileQuiet<T>({ machine, live, log }: Quiescence, work: () => Promise<T>): Promise<T> {
  const { files, record } = machine;
  const isRequired = readFlag(record.spec.hardware.os_require_quiesce ?? 'no') ?? false;
  const why =
    machine.status().powerState === 'RUNNING' ? await freeze(live, files, log) : describeSilence('off').message;
  if (why !== null && isRequired) throw notQuiet(why);
  if (why !== null) return await work();
  const result = work();
  const isInTime = await endsWithin(result, FROZEN_AT_MOST_MS);
  await thaw(live, files, log);
  const value = await result;
  if (!isInTime && isRequired) throw notQuiet('It took too long to begin.');
  return value;
}

/** Of a snapshot in which the agent before this one was killed. The guest does not wait for it, nor whoever asks. */
export async function thawEarlier(live: LiveQemu, files: MachineFiles, log: Logger): Promise<void> {
  const mark = await readIfThere(files.frozenMark);
  if (mark === undefined) return;
  // A process that ended has taken its guest's stillness with it.
  if (mark !== markOf(live)) await rm(files.frozenMark, { force: true });
  else goOnThawing(live, files, log, 0);
}

/** Null once they stand still, else why they do not. */
async function freeze(live: LiveQemu, files: MachineFiles, log: Logger): Promise<string | null> {
  let isAsked = false;
  try {
    await live.guestAgent.speak(FREEZE_WITHIN_MS, async (session) => {
      // An agent that comes after this one must know, before it is so.
      await writeWholeFile(files.frozenMark, markOf(live), 'process');
      isAsked = true;
      await session.ask('guest-fsfreeze-freeze');
    });
    failPoint('agent.quiesce.frozen');
    return null;
  } catch (error) {
    // It may be frozen although it has not said so.
    if (isAsked) await thaw(live, files, log);
    if (error instanceof GuestSilent) return describeSilence(error.silence).message;
    if (error instanceof GuestRefusal) return `The guest agent refused: ${error.message}`;
    if (isDiskFull(error)) return 'The disk of the host is full.';
    throw error;
  }
}

/** Once at once; from then on until the guest has answered or is gone, and nobody waits for that. */
async function thaw(live: LiveQemu, files: MachineFiles, log: Logger): Promise<void> {
  if (!(await tryThaw(live, files))) goOnThawing(live, files, log, FIRST_PAUSE_MS);
}

function goOnThawing(live: LiveQemu, files: MachineFiles, log: Logger, firstPauseMs: number): void {
  keepThawing(live, files, firstPauseMs).catch((error) => {
    log.error({ err: error, mark: files.frozenMark }, 'the file systems of a guest may stand still');
  });
}

async function keepThawing(live: LiveQemu, files: MachineFiles, firstPauseMs: number): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, pauseMs * 2), LONGEST_PAUSE_MS)) {
    await Promise.race([delay(pauseMs, undefined, { ref: false }), live.client.closed]);
    if (live.client.isClosed || (await tryThaw(live, files))) return;
  }
}

async function tryThaw(live: LiveQemu, files: MachineFiles): Promise<boolean> {
  try {
    return await live.guestAgent.speak(THAW_WITHIN_MS, async (session) => {
      const isThawed = await askToThaw(session);
      // While it is this one's turn: the next may freeze them again.
      if (isThawed) await rm(files.frozenMark, { force: true });
      return isThawed;
    });
  } catch {
    // Whatever it failed by, they must go on: it is asked again.
    return false;
  }
}

async function askToThaw(session: GuestAgentSession): Promise<boolean> {
  try {
    await session.ask('guest-fsfreeze-thaw');
    return true;
  } catch (error) {
    if (!(error instanceof GuestRefusal)) throw error;
    return (await session.ask('guest-fsfreeze-status').catch(() => null)) === 'thawed';
  }
}

function markOf({ identity }: LiveQemu): string {
  return `${identity.pid} ${identity.startedAt}`;
}

async function endsWithin(work: Promise<unknown>, withinMs: number): Promise<boolean> {
  const timeout = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const late = delay(withinMs, false, { signal: timeout.signal }).catch(() => false);
  const isInTime = await Promise.race([ended, late]);
  timeout.abort();
  return isInTime;
}

function notQuiet(why: string): UserError {
  const message = `The guest's file systems could not be brought to rest, which its image demands: ${why}`;
  return new UserError('conflict', message, {
    hint: 'See that the QEMU guest agent runs in the guest, or shut the machine down first.',
  });
}
