import type { Duplex } from 'node:stream';
import { GrowingLog, lastLines } from '../../console/growing-log.ts';
import { SerialLine } from '../../console/serial-line.ts';
import type { MachineFiles } from './machine-files.ts';

const QEMU_LOG_LIMITS = { maxBytes: 1024 ** 2, keptBytes: 64 * 1024 };

/** What a guest prints on its serial line, and what QEMU complains of; both logs are kept small. */
export class MachineOutput {
  readonly #serialLog: GrowingLog;
  readonly #serialLine: SerialLine;
  /** Much of what a guest does wrong QEMU complains of. */
  readonly #qemuLog: GrowingLog;

  /** `dial` opens what is typed into; null while the machine does not run. */
  constructor(files: MachineFiles, dial: () => Promise<Duplex | null>) {
    this.#serialLog = new GrowingLog(files.serialLog, files.serialLogBefore);
    this.#qemuLog = new GrowingLog(files.qemuLog, files.qemuLogBefore, QEMU_LOG_LIMITS);
    this.#serialLine = new SerialLine(this.#serialLog, dial);
  }

  async open(): Promise<void> {
    await Promise.all([this.#serialLog.open(), this.#qemuLog.open()]);
  }

  close(): void {
    this.hangUp();
    this.#serialLog.close();
    this.#qemuLog.close();
  }

  /** What is typed from here on goes to the next process. */
  hangUp(): void {
    this.#serialLine.close();
  }

  openViewer(): Duplex {
    return this.#serialLine.openViewer();
  }

  async lastLines(lines: number | null): Promise<string> {
    return lastLines(await this.#serialLog.readAll(), lines);
  }
}
