import { renameSync, statSync } from 'node:fs';
import { destination, type Logger, pino, stdSerializers } from 'pino';
import type { DataFolder } from './data-folder.ts';
import type { Settings } from './settings.ts';
import { inSources } from './source-lines.ts';

/** A log larger than this is put aside as `<name>.log.1` when a process starts. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** JSON lines into `logs/<name>.log` of the data folder, or to stderr. */
export function openLog(folder: DataFolder, name: 'controller' | 'agent', settings: Settings): Logger {
  const options = {
    level: settings['log-level'],
    base: { process: name, pid: process.pid },
    serializers: { err: serializeError },
  };
  if (settings['log-to'] === 'stderr') return pino(options, destination({ fd: 2, sync: true }));
  const path = folder.logFile(name);
  putAsideWhenLarge(path);
  return pino(options, destination({ dest: path, mode: 0o600, sync: true }));
}

function putAsideWhenLarge(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > KEPT_BYTES) renameSync(path, `${path}.1`);
}

function serializeError(error: Error): unknown {
  const shown: unknown = stdSerializers.err(error);
  const hasStack = typeof shown === 'object' && shown !== null && 'stack' in shown && typeof shown.stack === 'string';
  return hasStack ? { ...shown, stack: inSources(String(shown.stack)) } : shown;
}
