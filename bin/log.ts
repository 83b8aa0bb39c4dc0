import { closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { type DestinationStream, destination, type Logger, pino, stdSerializers } from 'pino';
import type { DataFolder } from './data-folder.ts';
import type { Settings } from './settings.ts';
import { inSources } from './source-lines.ts';

/** A log larger than this is put aside as `<name>.1`, in place of the one put aside before: two of these at most. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** JSON lines into `logs/<name>.log` of the data folder, or to stderr. */
export function openLog(folder: DataFolder, name: 'controller' | 'agent', settings: Settings): Logger {
  const options = {
    level: settings['log-level'],
    base: { process: name, pid: process.pid },
    serializers: { err: describeInSources },
  };
  if (settings['log-to'] === 'stderr') {
    const stderr = destination({ fd: 2, sync: true });
    stderr.on('error', () => undefined);
    return pino(options, stderr);
  }
  return pino(options, new LogFile(folder.logFile(name)));
}

/** As pino describes errors, with the stack in files and lines of the sources. */
function describeInSources(error: Error): unknown {
  const described = stdSerializers.err(error);
  return described instanceof Object && typeof described.stack === 'string'
    ? { ...described, stack: inSources(described.stack) }
    : described;
}

/** For what others write into a file of their own: looked at before they open it. */
export function putAsideWhenLarge(path: string, keptBytes = KEPT_BYTES): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > keptBytes) renameSync(path, `${path}.1`);
}

/**
 * A log that only helps: what cannot be written (a full disk, a folder that is gone) is dropped, and said once there is
 * room again. Nothing here may fail whoever logs.
 */
export class LogFile implements DestinationStream {
  readonly #path: string;
  readonly #keptBytes: number;
  #file: number | null = null;
  #size = 0;
  #dropped = 0;

  constructor(path: string, { keptBytes = KEPT_BYTES } = {}) {
    this.#path = path;
    this.#keptBytes = keptBytes;
  }

  write(line: string): void {
    try {
      if (this.#size > this.#keptBytes) this.#putAside();
      const file = this.#file ?? this.#open();
      if (this.#dropped > 0) {
        // Begins on a new line: of the last one a part may have been written.
        const note = { level: 40, time: Date.now(), msg: `${this.#dropped} lines could not be written` };
        this.#append(file, `\n${JSON.stringify(note)}\n`);
        this.#dropped = 0;
      }
      this.#append(file, line);
    } catch {
      this.#dropped += 1;
      this.#close();
    }
  }

  #open(): number {
    const file = openSync(this.#path, 'a', 0o600);
    this.#file = file;
    this.#size = fstatSync(file).size;
    return file;
  }

  #putAside(): void {
    this.#close();
    renameSync(this.#path, `${this.#path}.1`);
  }

  /** Opened again by the next line: what was wrong may have been the file. */
  #close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#size = 0;
  }

  #append(file: number, text: string): void {
    const bytes = Buffer.from(text);
    const written = writeSync(file, bytes);
    this.#size += written;
    if (written < bytes.length) throw new Error('The line was cut short');
  }
}
