import { isDiskFull } from '../../disk-full.ts';
import { writeJson } from '../../json-file.ts';
import type { MachineState } from '../driver.ts';
import { nextRevision } from '../next-revision.ts';
import type { StateRecord } from './machine-record.ts';

type StateChange = Partial<
  Pick<StateRecord, 'powerState' | 'reason' | 'message' | 'forwards' | 'process' | 'isLaunching' | 'accelerator'>
>;

/** The state of one machine in memory and in `state.json`; tells its listener when people can see a difference. */
export class MachineStateFile {
  /** Size of QEMU's log when the present process was started: what follows is its own. */
  logStart = 0;
  private readonly id: string;
  private readonly path: string;
  private readonly bootId: string | null;
  private readonly onChange: (state: MachineState) => void;
  private current: StateRecord;
  private writing: Promise<void> = Promise.resolve();

  constructor(options: {
    id: string;
    path: string;
    bootId: string | null;
    initial: StateRecord;
    onChange(state: MachineState): void;
  }) {
    this.id = options.id;
    this.path = options.path;
    this.bootId = options.bootId;
    this.current = options.initial;
    this.onChange = options.onChange;
  }

  get record(): StateRecord {
    return this.current;
  }

  status(): MachineState {
    const { powerState, reason, message, since, revision, process } = this.current;
    // Kept in the record for the next start, but nothing listens there without a process.
    const forwards = process === null ? [] : this.current.forwards;
    return { id: this.id, powerState, reason, message, since, revision, forwards };
  }

  /**
   * In memory at once, on disk when the promise resolves. On a full disk the file stays as it was: the next agent
   * learns most of the state from the process itself, and an order to stop or pause must not fail for that.
   */
  async change(change: StateChange): Promise<void> {
    try {
      await this.changeDurably(change);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  /** The same for what must not be lost. Writes follow each other in order. */
  changeDurably(change: StateChange): Promise<void> {
    const before = this.current;
    const isNew = isDifferent(before, { ...before, ...change });
    const since = isNew ? new Date().toISOString() : before.since;
    this.current = { ...before, ...change, since, revision: nextRevision(before.revision), bootId: this.bootId };
    this.writing = writeJson(this.path, this.current, 'process');
    if (isNew) this.onChange(this.status());
    return this.writing;
  }

  /** Of a difference that is not in it. */
  async tell(): Promise<void> {
    await this.change({});
    this.onChange(this.status());
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.writing.catch(() => undefined);
  }
}

function isDifferent(a: StateRecord, b: StateRecord): boolean {
  return a.powerState !== b.powerState || a.reason !== b.reason || a.message !== b.message;
}
