import { readFile, rm } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { OperationalError, UserError } from '../../../app/contract/errors.ts';
import { writeJson } from '../../atomic-file.ts';
import { SerialLine } from '../../console/serial-line.ts';
import { lastLines, SerialLog } from '../../console/serial-log.ts';
import type { ConsoleType, MachineState, OrderContext, RebootOptions, StopOptions } from '../driver.ts';
import { type LaunchEnvironment, launchMachine } from './launch-machine.ts';
import { connectSocket, type LiveQemu } from './live-qemu.ts';
import { readLogTail } from './log-tail.ts';
import { findAdoptedState } from './machine-adoption.ts';
import type { MachineFiles } from './machine-files.ts';
import type { MachineRecord } from './machine-record.ts';
import type { MachineStateFile } from './machine-state-file.ts';
import { restoreMemory, saveMemory } from './memory-transfer.ts';
import type { QmpEvent } from './qmp-client.ts';

export interface QemuMachineOptions {
  files: MachineFiles;
  record: MachineRecord;
  state: MachineStateFile;
  environment: LaunchEnvironment;
  log: Logger;
}

type Ending = Pick<MachineState, 'powerState' | 'reason' | 'message'>;

const ASKED_OFF: Ending = { powerState: 'SHUTDOWN', reason: null, message: null };
const GUEST_OFF: Ending = { powerState: 'SHUTDOWN', reason: 'guest-shutdown', message: null };
const PANIC: Ending = { powerState: 'CRASHED', reason: 'guest-panic', message: "The guest's kernel panicked." };

/** A guest that is still booting misses the power button, so it is pressed again. */
const PRESS_AGAIN_MS = 10_000;

/** One machine: its files, its state and, while it runs, its process. Orders come one at a time. */
export class QemuMachine {
  record: MachineRecord;
  readonly files: MachineFiles;
  private readonly state: MachineStateFile;
  private readonly environment: LaunchEnvironment;
  private readonly log: Logger;
  private readonly serialLog: SerialLog;
  private readonly serialLine: SerialLine;
  private live: LiveQemu | null = null;
  /** What the machine is when its process is gone; null while nobody has said that it ends. */
  private ending: Ending | null = null;
  /** STOP and RESUME events are news only when they are not part of an order. */
  private isMovingMemory = false;
  private ioError: Ending | null = null;
  /** The power button was pressed and the guest is expected to follow. */
  private isAskedOff = false;
  /** Resolves when the present process's end is recorded. */
  private ended: Promise<void> = Promise.resolve();

  constructor(options: QemuMachineOptions) {
    this.record = options.record;
    this.files = options.files;
    this.state = options.state;
    this.environment = options.environment;
    this.log = options.log;
    this.serialLog = new SerialLog(this.files.serialLog, this.files.serialLogBefore);
    this.serialLine = new SerialLine(this.serialLog, async () =>
      this.live === null ? null : connectSocket(this.files.serialSocket),
    );
  }

  status(): MachineState {
    return this.state.status();
  }

  async open(): Promise<void> {
    await this.serialLog.open();
  }

  /** Takes a machine of an earlier agent into care: finds its process, or finds out that there is none. */
  async adopt(): Promise<void> {
    await this.open();
    const { isolation } = this.environment;
    const found = await findAdoptedState(this.files, this.state.record, (event) => this.onEvent(event), isolation);
    this.live = found.live;
    if (found.live !== null) this.watch(found.live);
    await this.state.change({ ...found.ending, process: found.live?.identity ?? null, isLaunching: false });
    if (found.live === null) return;
    if (found.ending.powerState === 'RUNNING' || found.ending.powerState === 'PAUSED') return;
    // The guest ended while no agent was there; the process has waited only to say so.
    this.ending = found.ending;
    await found.live.quit();
  }

  /** Lets go; the guest runs on. */
  async close(): Promise<void> {
    this.serialLine.close();
    this.serialLog.close();
    this.live?.release();
    this.live = null;
    await this.state.settled();
  }

  async start(order: OrderContext): Promise<MachineState> {
    const { powerState } = this.status();
    if (powerState === 'RUNNING') return this.status();
    if (powerState === 'PAUSED' || powerState === 'SUSPENDED') throw this.inWrongState('started');
    await this.launch(order, false);
    return this.becomeRunning();
  }

  async stop(options: StopOptions, order: OrderContext): Promise<MachineState> {
    if (this.live === null) {
      if (this.status().powerState === 'SUSPENDED') {
        await rm(this.files.memory, { force: true });
        await this.state.change({ ...ASKED_OFF, process: null });
      }
      return this.status();
    }
    if (options.graceful && (await this.pressPowerButton(options.timeoutSeconds, order))) return this.status();
    if (options.graceful && !options.force) {
      const message = `The guest did not shut down within ${options.timeoutSeconds} s.`;
      throw new OperationalError('timeout', 'hypervisor', message, {
        hint: 'It may be busy or ignore the power button. Wait, shut it down from inside, or force it off.',
      });
    }
    await this.cutPower();
    return this.status();
  }

  async reboot(options: RebootOptions, order: OrderContext): Promise<MachineState> {
    if (this.status().powerState === 'SUSPENDED') throw this.inWrongState('rebooted');
    if (this.live !== null) {
      const isOff = options.type === 'soft' && (await this.pressPowerButton(options.timeoutSeconds, order));
      if (!isOff) await this.cutPower();
    }
    await this.launch(order, false);
    return this.becomeRunning();
  }

  async pause(order: OrderContext): Promise<MachineState> {
    if (this.status().powerState === 'PAUSED') return this.status();
    const live = this.requireLive('paused');
    await live.client.execute('stop', {}, order);
    return this.enter({ powerState: 'PAUSED', reason: null, message: null });
  }

  async unpause(order: OrderContext): Promise<MachineState> {
    if (this.status().powerState === 'RUNNING') return this.status();
    const live = this.requireLive('unpaused');
    await live.client.execute('cont', {}, order);
    return this.enter({ powerState: 'RUNNING', reason: null, message: null });
  }

  async suspend(order: OrderContext): Promise<MachineState> {
    if (this.status().powerState === 'SUSPENDED') return this.status();
    const live = this.requireLive('suspended');
    const wasRunning = this.status().powerState === 'RUNNING';
    this.isMovingMemory = true;
    try {
      await saveMemory(live.client, this.files, this.record.spec.memoryMib, wasRunning, order.signal);
    } finally {
      this.isMovingMemory = false;
    }
    // From here on the saved memory is the machine: whoever finds it completes this.
    const suspended: Ending = { powerState: 'SUSPENDED', reason: null, message: null };
    await this.end(suspended, () => live.quit());
    return this.status();
  }

  async resume(order: OrderContext): Promise<MachineState> {
    const { powerState } = this.status();
    if (powerState === 'RUNNING') return this.status();
    // An agent that died between loading the memory and letting the guest go on left it so.
    if (powerState === 'PAUSED' && this.live !== null) return this.unpause(order);
    if (powerState !== 'SUSPENDED') throw this.inWrongState('resumed');
    this.isMovingMemory = true;
    try {
      const live = await this.launch(order, true);
      try {
        await restoreMemory(live.client, this.files, order.signal);
      } catch (error) {
        await this.end({ powerState: 'SUSPENDED', reason: null, message: null }, () => live.kill());
        throw error;
      }
      await live.client.execute('cont');
    } finally {
      this.isMovingMemory = false;
    }
    return this.becomeRunning();
  }

  async rename(name: string): Promise<void> {
    const record = { ...this.record, spec: { ...this.record.spec, name } };
    await writeJson(this.files.record, record, 'durable');
    this.record = record;
  }

  /** Ends the process without care for its disks, which are about to go. */
  async destroyProcess(): Promise<void> {
    const { live } = this;
    if (live !== null) await this.end(ASKED_OFF, () => live.kill());
    this.serialLine.close();
    this.serialLog.close();
    await this.state.settled();
  }

  async consoleLog(lines: number | null): Promise<string> {
    return lastLines(await this.serialLog.readAll(), lines);
  }

  async screenshot(): Promise<Buffer> {
    const live = this.requireLive('shown');
    if (this.record.hardware.videoModel === 'none') {
      throw new UserError('conflict', 'The machine has no screen.', { hint: 'Use its serial line.' });
    }
    await live.client.execute('screendump', { filename: this.files.screenshot, format: 'png' });
    try {
      return await readFile(this.files.screenshot);
    } finally {
      await rm(this.files.screenshot, { force: true });
    }
  }

  async openConsole(type: ConsoleType): Promise<Duplex> {
    if (type === 'serial') return this.serialLine.openViewer();
    this.requireLive('shown');
    const stream = await connectSocket(this.files.vncSocket);
    if (stream === null) throw this.inWrongState('shown');
    return stream;
  }

  private async launch(order: OrderContext, isIncoming: boolean): Promise<LiveQemu> {
    this.ending = null;
    this.ioError = null;
    const live = await launchMachine({
      environment: this.environment,
      files: this.files,
      record: this.record,
      state: this.state,
      isIncoming,
      order,
      onEvent: (event) => this.onEvent(event),
    });
    this.live = live;
    this.watch(live);
    return live;
  }

  /** The last step of every way to RUNNING; the guest may have ended again already. */
  private async becomeRunning(): Promise<MachineState> {
    if (this.live === null || this.ending !== null) return this.status();
    return this.enter({ powerState: 'RUNNING', reason: null, message: null });
  }

  private async enter(ending: Ending): Promise<MachineState> {
    await this.state.change(ending);
    return this.status();
  }

  /** True when the guest went down within the time. */
  private async pressPowerButton(timeoutSeconds: number, order: OrderContext): Promise<boolean> {
    const { live } = this;
    if (live === null) return true;
    const hadEnding = this.ending;
    // A guest that goes down now does so because it was asked to.
    this.isAskedOff = true;
    try {
      if (this.status().powerState === 'PAUSED') await live.client.execute('cont', {}, order);
      const timeout = AbortSignal.any([order.signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
      while (!timeout.aborted) {
        await live.client.execute('system_powerdown', {}, order);
        const pause = delay(PRESS_AGAIN_MS, false, { signal: timeout, ref: false }).catch(() => false);
        if (await Promise.race([live.exited.then(() => true), pause])) {
          await this.ended;
          return true;
        }
      }
      order.signal.throwIfAborted();
      return false;
    } catch (error) {
      // It may have gone down between two presses.
      if (this.live !== null || hadEnding !== null) throw error;
      return true;
    } finally {
      this.isAskedOff = false;
    }
  }

  private async cutPower(): Promise<void> {
    const { live } = this;
    if (live !== null) await this.end(ASKED_OFF, () => live.quit());
  }

  private async end(ending: Ending, way: () => Promise<void>): Promise<void> {
    this.ending = ending;
    await way();
    await this.ended;
  }

  private watch(live: LiveQemu): void {
    this.ended = live.exited.then(() => this.onExit(live));
    // The guest may have come to its end while the process was still being taken into care.
    if (this.ending !== null) live.quit().catch((error) => this.log.error({ err: error }, 'QEMU does not end'));
  }

  private async onExit(live: LiveQemu): Promise<void> {
    // After close() the process is someone else's.
    if (this.live !== live) return;
    this.live = null;
    this.serialLine.close();
    const ending = this.ending ?? (await this.killed());
    try {
      await this.state.change({ ...ending, process: null, isLaunching: false });
    } catch (error) {
      this.log.error({ err: error, machine: this.record.spec.id }, 'the state of a machine could not be stored');
    }
  }

  private async killed(): Promise<Ending> {
    const tail = await readLogTail(this.files.qemuLog, this.state.logStart);
    const message = tail === '' ? 'QEMU ended unexpectedly.' : `QEMU ended unexpectedly: ${tail}`;
    return { powerState: 'SHUTDOWN', reason: 'killed', message };
  }

  private onEvent(event: QmpEvent): void {
    const { name, data } = event;
    if (name === 'SHUTDOWN') this.onShutdown(data);
    else if (name === 'GUEST_PANICKED') this.quitWith(PANIC);
    else if (name === 'BLOCK_IO_ERROR' && data.action === 'stop') this.ioError = ioErrorOf(data);
    else if (name === 'STOP' && !this.isMovingMemory && this.ending === null) {
      this.note(this.ioError ?? { powerState: 'PAUSED', reason: null, message: null });
    } else if (name === 'RESUME' && !this.isMovingMemory && this.ending === null) {
      this.ioError = null;
      this.note({ powerState: 'RUNNING', reason: null, message: null });
    }
  }

  private onShutdown(data: Record<string, unknown>): void {
    if (this.ending !== null) return;
    if (data.reason === 'guest-panic') this.quitWith(PANIC);
    else if (data.guest === true) this.quitWith(this.isAskedOff ? ASKED_OFF : GUEST_OFF);
    // Otherwise a signal or a foreign `quit` ends it: `killed`, once it is gone.
  }

  /** With -no-shutdown QEMU stays after the guest's end, so that an agent that was away hears of it too. */
  private quitWith(ending: Ending): void {
    if (this.ending !== null) return;
    this.ending = ending;
    this.live?.quit().catch((error) => this.log.error({ err: error }, 'QEMU does not end'));
  }

  private note(ending: Ending): void {
    const { powerState, reason } = this.status();
    if (powerState === ending.powerState && reason === ending.reason) return;
    this.state.change(ending).catch((error) => {
      this.log.error({ err: error, machine: this.record.spec.id }, 'the state of a machine could not be stored');
    });
  }

  private requireLive(verb: string): LiveQemu {
    if (this.live === null || this.ending !== null) throw this.inWrongState(verb);
    return this.live;
  }

  private inWrongState(verb: string): UserError {
    return new UserError('conflict', `The machine is ${this.status().powerState} and cannot be ${verb} now.`);
  }
}

function ioErrorOf(data: Record<string, unknown>): Ending {
  if (data.nospace === true) {
    const message = 'The guest was paused because the disk of its host is full. Free some space, then unpause it.';
    return { powerState: 'PAUSED', reason: 'disk-full', message };
  }
  return {
    powerState: 'PAUSED',
    reason: 'io-error',
    message: `The guest was paused: its disk failed (${data.reason}).`,
  };
}
