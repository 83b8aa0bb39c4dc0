import { rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ConsoleType } from '../../../app/contract/console.ts';
import { OperationalError, UserError } from '../../../app/contract/errors.ts';
import type { MachineDiagnostics } from '../../../app/contract/machine-diagnostics.ts';
import type { MachineStatistics } from '../../../app/contract/machine-statistics.ts';
import { writeJson } from '../../json-file.ts';
import type { MachineState, OrderContext, Told } from '../driver.ts';
import { connectSocket } from './connect-socket.ts';
import { readDiagnostics } from './diagnostics.ts';
import { EarlierProcess } from './earlier-process.ts';
import { EventBudget } from './event-budget.ts';
import { type LaunchEnvironment, launchMachine } from './launch-machine.ts';
import type { LiveQemu } from './live-qemu.ts';
import { type AdoptedState, findEnding, killedEnding, whenAway } from './machine-adoption.ts';
import { ASKED_OFF, type Ending, FLOOD, UNREACHABLE } from './machine-ending.ts';
import { forgetRuntime, type MachineFiles } from './machine-files.ts';
import { changed, noteGone, settled, withNics } from './machine-nics.ts';
import { MachineOutput } from './machine-output.ts';
import {
  afterEvent,
  answered,
  awaited,
  busyWith,
  endingWith,
  liveOf,
  type MachinePhase,
  OFF,
  pausedFor,
} from './machine-phase.ts';
import type { OpenFiles } from './machine-process.ts';
import type { MachineRecord } from './machine-record.ts';
import type { MachineStateFile } from './machine-state-file.ts';
import { restoreMemory, saveMemory } from './memory-transfer.ts';
import { pressPowerButton } from './power-button.ts';
import type { QmpEvent } from './qmp-client.ts';
import { takeScreenshot } from './screenshot.ts';
import { openSerialInput } from './serial-pipe.ts';
import { settleAdopted } from './settle-adopted.ts';
import { readStatistics } from './statistics.ts';

export interface QemuMachineOptions {
  files: MachineFiles;
  record: MachineRecord;
  state: MachineStateFile;
  environment: LaunchEnvironment;
  log: Logger;
}

/** How long an order waits for a process of an earlier agent that has not answered yet. */
const ANSWERS_WITHIN_MS = 10_000;
/** And one by force, which does not need the answer. */
const SOON_MS = 2_000;

/** One machine: its files, its state and, while it runs, its process. Orders come one at a time. */
export class QemuMachine {
  record: MachineRecord;
  readonly files: MachineFiles;
  readonly state: MachineStateFile;
  private readonly environment: LaunchEnvironment;
  private readonly log: Logger;
  readonly #output: MachineOutput;
  #phase: MachinePhase = OFF;
  readonly #earlier: EarlierProcess;
  readonly #events = new EventBudget();
  /** Resolves when the present process's end is recorded. */
  private ended: Promise<void> = Promise.resolve();

  constructor(options: QemuMachineOptions) {
    this.record = options.record;
    this.files = options.files;
    this.state = options.state;
    this.environment = options.environment;
    this.log = options.log;
    this.#output = new MachineOutput(this.files, async () => {
      const live = liveOf(this.#phase);
      return live && openSerialInput(live.runtime);
    });
    this.#earlier = new EarlierProcess({
      machineId: this.record.spec.id,
      files: this.files,
      state: this.state,
      isolation: this.environment.isolation,
      log: this.log,
      onEvent: (event) => this.onEvent(event),
      onSilence: () => this.#noteUnreachable(),
      onAnswer: (found) => this.#takeOver(found),
      onGone: () => this.#settle(),
    });
  }

  status(): MachineState {
    return withNics(this.record, this.state.status());
  }

  async open(): Promise<void> {
    await this.#output.open();
  }

  /**
   * Takes a machine of an earlier agent into care: its state is known when this resolves, but for that of a process
   * that does not answer, which is asked on and on: see {@link reached}.
   */
  async adopt(openFiles: OpenFiles): Promise<void> {
    await this.open();
    const process = await openFiles.holderOf(this.files, this.state.record);
    if (process === null) return this.#settle();
    this.#phase = awaited(null);
    this.#earlier.reach(process);
  }

  /** Whether no process of an earlier agent is left unanswered, within that time. */
  async reached(withinMs: number): Promise<boolean> {
    return await this.#earlier.reached(withinMs);
  }

  /** There is no process: what became of the machine. */
  async #settle(): Promise<void> {
    this.#phase = OFF;
    const { process, isLaunching } = this.state.record;
    const ending = await findEnding(this.files, this.state.record);
    // What led it outside may have outlived it.
    if (process !== null || isLaunching) await this.environment.isolation.leave(this.record.spec.id);
    await this.state.change({ ...ending, process: null, isLaunching: false });
  }

  #noteUnreachable(): void {
    const { powerState } = this.status();
    if (powerState !== 'RUNNING' && powerState !== 'PAUSED') return;
    this.tell({ powerState, reason: 'unreachable', message: UNREACHABLE });
  }

  async #takeOver(told: AdoptedState): Promise<void> {
    const found = whenAway(told, this.record.hardware);
    if (found.live === null) this.#phase = OFF;
    else this.#attend(found.live);
    if (found.live !== null) await settleAdopted(this, found.live, this.log);
    await this.state.change({ ...found.ending, process: found.live?.identity ?? null, isLaunching: false });
    if (found.live === null) return;
    if (found.ending.powerState === 'RUNNING' || found.ending.powerState === 'PAUSED') return;
    // The guest ended while no agent was there; the process has waited only to say so.
    this.#phase = endingWith(this.#phase, found.ending);
    await found.live.quit();
  }

  /** Orders give a process that does not answer some time, and then say so. */
  async #requireReached(): Promise<void> {
    if (await this.reached(ANSWERS_WITHIN_MS)) return;
    throw new OperationalError('hypervisor_failed', 'hypervisor', UNREACHABLE, {
      hint: 'Wait until the host is less busy, or force the machine off and start it again.',
    });
  }

  /** Lets go; the guest runs on. */
  async close(): Promise<void> {
    await this.#earlier.close();
    this.#output.close();
    liveOf(this.#phase)?.release();
    this.#phase = OFF;
    await this.state.settled();
  }

  async start(order: OrderContext): Promise<MachineState> {
    await this.reached(ANSWERS_WITHIN_MS);
    const { powerState } = this.status();
    if (powerState === 'RUNNING') return this.status();
    if (powerState === 'PAUSED' || powerState === 'SUSPENDED') throw this.inWrongState('started');
    await this.#requireReached();
    await this.launch(order, false);
    return this.becomeRunning();
  }

  async stop(options: Omit<Told<'stop'>, 'id'>, order: OrderContext): Promise<MachineState> {
    if (!(await this.reached(options.graceful ? options.timeoutSeconds * 1000 : SOON_MS))) {
      if (options.graceful && !options.force) await this.#requireReached();
      await this.#endUnreached();
      return this.status();
    }
    if (liveOf(this.#phase) === null) {
      if (this.status().powerState === 'SUSPENDED') {
        await rm(this.files.memory, { force: true });
        await this.state.change({ ...ASKED_OFF, process: null });
      }
      return this.status();
    }
    if (options.graceful && (await this.goesDown(options.timeoutSeconds, order))) return this.status();
    if (options.graceful && !options.force) {
      const message = `The guest did not shut down within ${options.timeoutSeconds} s.`;
      throw new OperationalError('timeout', 'hypervisor', message, {
        hint: 'It may be busy or ignore the power button. Wait, shut it down from inside, or force it off.',
      });
    }
    await order.confirm();
    await this.cutPower();
    return this.status();
  }

  async reboot(options: Omit<Told<'reboot'>, 'id'>, order: OrderContext): Promise<MachineState> {
    if (!(await this.reached(options.type === 'soft' ? options.timeoutSeconds * 1000 : SOON_MS)))
      await this.#endUnreached();
    if (this.status().powerState === 'SUSPENDED') throw this.inWrongState('rebooted');
    if (liveOf(this.#phase) !== null) {
      const isOff = options.type === 'soft' && (await this.goesDown(options.timeoutSeconds, order));
      if (!isOff) {
        await order.confirm();
        await this.cutPower();
      }
    }
    await this.launch(order, false);
    return this.becomeRunning();
  }

  async pause(order: OrderContext): Promise<MachineState> {
    await this.#requireReached();
    if (this.status().powerState === 'PAUSED') return this.status();
    const live = this.requireLive('paused');
    await live.client.execute('stop', {}, order);
    return this.enter({ powerState: 'PAUSED', reason: null, message: null });
  }

  async unpause(order: OrderContext): Promise<MachineState> {
    await this.#requireReached();
    if (this.status().powerState === 'RUNNING') return this.status();
    const live = this.requireLive('unpaused');
    await live.client.execute('cont', {}, order);
    return this.enter({ powerState: 'RUNNING', reason: null, message: null });
  }

  async suspend(order: OrderContext): Promise<MachineState> {
    await this.#requireReached();
    if (this.status().powerState === 'SUSPENDED') return this.status();
    const live = this.requireLive('suspended');
    const wasRunning = this.status().powerState === 'RUNNING';
    await this.#while('moving-memory', async () => {
      await saveMemory(live.client, this.files, this.record.spec.memoryMib, wasRunning, order.signal);
      // From here on the saved memory is the machine: whoever finds it completes this.
      await this.end({ powerState: 'SUSPENDED', reason: null, message: null }, () => live.quit());
    });
    return this.status();
  }

  async resume(order: OrderContext): Promise<MachineState> {
    await this.#requireReached();
    const { powerState } = this.status();
    if (powerState === 'RUNNING') return this.status();
    // An agent that died between loading the memory and letting the guest go on left it so.
    if (powerState === 'PAUSED' && liveOf(this.#phase) !== null) return this.unpause(order);
    if (powerState !== 'SUSPENDED') throw this.inWrongState('resumed');
    const live = await this.launch(order, true);
    await this.#while('moving-memory', async () => {
      try {
        await restoreMemory(live.client, this.files, order.signal);
      } catch (error) {
        await this.end({ powerState: 'SUSPENDED', reason: null, message: null }, () => live.kill());
        throw error;
      }
      await live.client.execute('cont');
    });
    return this.becomeRunning();
  }

  /** QEMU gives it to every processor; a guest that stands still takes it when it goes on. */
  async triggerCrashDump(order: OrderContext): Promise<MachineState> {
    await this.#requireReached();
    await this.requireLive('interrupted').client.execute('inject-nmi', {}, order);
    return this.status();
  }

  async diagnostics(): Promise<MachineDiagnostics> {
    return await readDiagnostics(this.requireLive('measured'), this.record.spec);
  }

  /** Null where no process answers. */
  async statistics(): Promise<MachineStatistics | null> {
    if (this.#phase.kind !== 'up') return null;
    try {
      return await readStatistics(this.record.spec.id, this.#phase.live);
    } catch (error) {
      this.log.debug({ err: error, machine: this.record.spec.id }, 'what a machine uses could not be read');
      return null;
    }
  }

  /** Its process; null while it is off. One that is about to end is waited for, within bounds. */
  async running(): Promise<LiveQemu | null> {
    await this.#requireReached();
    if (this.#phase.kind === 'ending' || liveOf(this.#phase)?.client.isClosed)
      await Promise.race([this.ended, delay(ANSWERS_WITHIN_MS, undefined, { ref: false })]);
    return liveOf(this.#phase);
  }

  /** What holds from its next start on: its name, its ports. */
  async change(changes: Partial<Pick<MachineRecord['spec'], 'name' | 'ports'>>): Promise<void> {
    await this.note(changed(this.record, changes));
  }

  /** Makes another machine of it, that is off. `whenOff` is done once no process uses its files. */
  async become(record: MachineRecord, order: OrderContext, whenOff: () => Promise<void>): Promise<void> {
    if (!(await this.reached(SOON_MS))) await this.#endUnreached();
    await order.confirm();
    await this.cutPower();
    // What it remembers is of disks that it has no more.
    await rm(this.files.memory, { force: true });
    if (this.status().powerState === 'SUSPENDED') await this.state.change({ ...ASKED_OFF, process: null });
    await whenOff();
    await this.note(record);
  }

  async note(record: MachineRecord): Promise<void> {
    await writeJson(this.files.record, record, 'durable');
    this.record = record;
  }

  /** Ends the process without care for its disks, which are about to go. */
  async destroyProcess(): Promise<void> {
    const live = liveOf(this.#phase);
    if (this.#earlier.isSilent) await this.#endUnreached();
    else if (live !== null) await this.end(ASKED_OFF, () => live.kill());
    this.#earlier.forget();
    this.#output.close();
    await this.state.settled();
  }

  async consoleLog(lines: number | null): Promise<string> {
    return await this.#output.lastLines(lines);
  }

  async screenshot(): Promise<Buffer> {
    const live = this.requireLive('shown');
    if (this.record.hardware.videoModel === 'none') {
      throw new UserError('conflict', 'The machine has no screen.', { hint: 'Use its serial line.' });
    }
    return await takeScreenshot(live, this.files.screenshot);
  }

  async openConsole(type: ConsoleType): Promise<Duplex> {
    if (type === 'serial') return this.#output.openViewer();
    const { vncSocket, spiceSocket } = this.requireLive('shown').runtime;
    const stream = await connectSocket(type === 'spice' ? spiceSocket : vncSocket);
    if (stream === null) throw this.inWrongState('shown');
    return stream;
  }

  private async launch(order: OrderContext, isIncoming: boolean): Promise<LiveQemu> {
    this.#phase = awaited(isIncoming ? 'moving-memory' : null);
    if (!isIncoming && this.record.plugged) await this.note(settled(this.record));
    try {
      const live = await launchMachine({
        environment: this.environment,
        files: this.files,
        record: this.record,
        state: this.state,
        isIncoming,
        order,
        onEvent: (event) => this.onEvent(event),
      });
      this.#attend(live);
      return live;
    } catch (error) {
      this.#phase = OFF;
      throw error;
    }
  }

  /** The last step of every way to RUNNING; the guest may have ended again already. */
  private async becomeRunning(): Promise<MachineState> {
    if (this.#phase.kind !== 'up') return this.status();
    return this.enter({ powerState: 'RUNNING', reason: null, message: null });
  }

  private async enter(ending: Ending): Promise<MachineState> {
    await this.state.change(ending);
    return this.status();
  }

  /** True when the guest went down within the time. */
  private async goesDown(timeoutSeconds: number, order: OrderContext): Promise<boolean> {
    const live = liveOf(this.#phase);
    if (live === null) return true;
    const wasEnding = this.#phase.kind === 'ending';
    const timeout = AbortSignal.any([order.signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
    return await this.#while('pressing-power', async () => {
      try {
        const isDown = await pressPowerButton(live, this.status().powerState === 'PAUSED', timeout);
        if (isDown) await this.ended;
        else order.signal.throwIfAborted();
        return isDown;
      } catch (error) {
        order.signal.throwIfAborted();
        const isThere = liveOf(this.#phase) !== null;
        // A QEMU that does not even take the press has had its time too.
        if (timeout.aborted && isThere) return false;
        // It may have gone down between two presses.
        if (isThere || wasEnding) throw error;
        return true;
      }
    });
  }

  /** Events that follow from what is done are no news. */
  async #while<T>(doing: 'pressing-power' | 'moving-memory', work: () => Promise<T>): Promise<T> {
    this.#phase = busyWith(this.#phase, doing);
    try {
      return await work();
    } finally {
      this.#phase = busyWith(this.#phase, null);
    }
  }

  private async cutPower(): Promise<void> {
    const live = liveOf(this.#phase);
    if (live !== null) await this.end(ASKED_OFF, () => live.quit());
  }

  async #endUnreached(): Promise<void> {
    const process = await this.#earlier.end();
    if (process === null) return;
    this.#phase = OFF;
    await this.environment.isolation.leave(this.record.spec.id);
    await forgetRuntime(process.runtime, this.files);
    this.#earlier.signal.throwIfAborted();
    await this.state.change({ ...ASKED_OFF, process: null, isLaunching: false });
  }

  private async end(ending: Ending, way: () => Promise<void>): Promise<void> {
    this.#phase = endingWith(this.#phase, ending);
    await way();
    await this.ended;
  }

  /** From here on its end is heard of. */
  #attend(live: LiveQemu): void {
    this.#phase = answered(this.#phase, live);
    this.ended = live.exited.then(() => this.onExit(live));
    // The guest may have come to its end before the process answered.
    if (this.#phase.kind === 'ending') this.#quit(live);
  }

  private async onExit(live: LiveQemu): Promise<void> {
    // After close() the process is someone else's.
    if (liveOf(this.#phase) !== live) return;
    const told = this.#phase.kind === 'ending' ? this.#phase.ending : null;
    this.#phase = OFF;
    this.#output.hangUp();
    await forgetRuntime(live.runtime.runtime, this.files);
    const ending = told ?? (await killedEnding(this.files, this.state.logStart));
    try {
      await this.state.change({ ...ending, process: null, isLaunching: false });
    } catch (error) {
      this.log.error({ err: error, machine: this.record.spec.id }, 'the state of a machine could not be stored');
    }
  }

  private onEvent(event: QmpEvent): void {
    if (!this.#events.spend(performance.now())) this.#pauseFlooding();
    const wasEnding = this.#phase.kind === 'ending';
    if (event.name === 'DEVICE_DELETED') noteGone(this, event.data.device);
    const { phase, news } = afterEvent(this.#phase, event, this.record.hardware.watchdog);
    this.#phase = phase;
    if (news) this.tell(news);
    // With -no-shutdown QEMU stays after the guest's end, so that an agent that was away hears of it too.
    if (phase.kind === 'ending' && !wasEnding && phase.live !== null) this.#quit(phase.live);
  }

  #quit(live: LiveQemu): void {
    live.quit().catch((error) => this.log.error({ err: error }, 'QEMU does not end'));
  }

  /** More than the agent can read would pile up in the memory of QEMU, and keep the agent from its other machines. */
  #pauseFlooding(): void {
    if (this.#phase.kind !== 'up' || this.#phase.pauseCause !== null) return;
    const { client } = this.#phase.live;
    this.#phase = pausedFor(this.#phase, FLOOD);
    client.execute('stop').catch((error) => {
      this.log.error(
        { err: error, machine: this.record.spec.id },
        'a machine that floods its host could not be paused',
      );
    });
  }

  private tell(ending: Ending): void {
    const { powerState, reason } = this.status();
    if (powerState === ending.powerState && reason === ending.reason) return;
    this.state.change(ending).catch((error) => {
      this.log.error({ err: error, machine: this.record.spec.id }, 'the state of a machine could not be stored');
    });
  }

  private requireLive(verb: string): LiveQemu {
    if (this.#phase.kind !== 'up') throw this.inWrongState(verb);
    return this.#phase.live;
  }

  private inWrongState(verb: string): UserError {
    return new UserError('conflict', `The machine is ${this.status().powerState} and cannot be ${verb} now.`);
  }
}
