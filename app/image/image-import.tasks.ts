import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { OperationalError, UserError } from '../contract/errors.ts';
import type { Database } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { imageFileLeftover, type LeftoverService } from '../leftover/leftover.service.ts';
import { step, type TaskDefinition, type TaskRun } from '../tasks/task.definition.ts';
import { findChecksum } from './checksum-list.ts';
import { download, fetchText } from './download.ts';
import { imageEvent } from './image.access.ts';
import type { ImageRepository } from './image.repository.ts';
import { type CatalogSource, catalogSourceSchema } from './image-catalog.ts';
import type { ImageDataService } from './image-data.service.ts';
import { type ImageStore, type StoredContent, storedContentSchema } from './image-store.ts';
import { removeLeftFile } from './left-file.ts';

const argsSchema = z.object({ imageId: z.string(), entry: catalogSourceSchema });
export type ImportArgs = z.infer<typeof argsSchema>;

const memoSchema = z.object({
  /** What the bytes must have, as `<algorithm>:<hex>`. */
  checksum: z.string().default(''),
  content: storedContentSchema.optional(),
});
type ImportMemo = z.infer<typeof memoSchema>;
type ImportRun = TaskRun<ImportArgs, ImportMemo>;

/** What guest/build.sh says of what it built. */
const builtSchema = z.object({ sha512: z.string(), size: z.number() });
const BUILT_NAME = 'cumulet-linux';
/** Its exit code when programs are missing; the last line names them and the command that installs them. */
const TOOLS_MISSING = 3;

export interface ImportParts {
  database: Database;
  events: EventService;
  repository: ImageRepository;
  store: ImageStore;
  leftovers: LeftoverService;
  data: ImageDataService;
  /** `guest/build.sh`, or undefined where it is not shipped. */
  guestBuilder: string | undefined;
  /** Where it builds; what it downloads stays there for the next time. */
  buildDir: string;
  firstPauseMs?: number;
}

/** `image.import` (from the web) and `image.build` (the built-in one), which end the same way. */
export function importTasks(parts: ImportParts): TaskDefinition<ImportArgs, ImportMemo>[] {
  return [
    importTask(parts, 'image.import', 'download', (task) => downloadEntry(parts, task)),
    importTask(parts, 'image.build', 'build', (task) => buildGuest(parts, task)),
  ];
}

function importTask(
  parts: ImportParts,
  kind: string,
  firstStep: string,
  obtain: (task: ImportRun) => Promise<string>,
): TaskDefinition<ImportArgs, ImportMemo> {
  const { database, events, repository, store, leftovers, data } = parts;
  return {
    kind,
    args: argsSchema,
    memo: memoSchema,
    cancellable: true,
    steps: [
      step<ImportArgs, ImportMemo, string>({
        name: firstStep,
        run: (task) => obtain(task),
        commit: async (_trx, _task, checksum) => ({ checksum }),
        // Takes back all steps: everything of an image goes by its id.
        undo: (task) => store.remove(task.args.imageId),
      }),
      step<ImportArgs, ImportMemo, StoredContent>({
        name: 'verify',
        run: (task) => verify(store, task),
        commit: async (_trx, _task, content) => ({ content }),
      }),
      step<ImportArgs, ImportMemo>({
        name: 'store',
        run: async ({ args }) => {
          // Again after a crash: the file has its name already.
          if ((await store.sizeOf(args.imageId)) === undefined) await store.keep(args.imageId, '.download');
        },
      }),
      step<ImportArgs, ImportMemo>({
        name: 'activate',
        run: async ({ args }) => await store.forgetDownload(args.imageId),
        commit: async (trx, task) => {
          const image = await repository.find(task.args.imageId, trx);
          if (!image) throw new UserError('gone', 'The image was deleted meanwhile.');
          await data.activate(trx, task.context, image, storedContentSchema.parse(task.memo.content), 'importing');
        },
      }),
    ],
    onFailed: async (task) => async (trx) => {
      const image = await repository.find(task.args.imageId, trx);
      if (image?.status !== 'importing') return;
      await repository.delete(trx, image.id);
      await leftovers.add(trx, imageFileLeftover(image.id));
      await events.record(trx, task.context, imageEvent('image.delete', { ...image, status: 'deleted' }));
      // What is not removed now is at the next start.
      database.afterCommit(trx, () => void removeLeftFile(parts, image.id).catch(() => {}));
    },
  };
}

/** Answers the checksum the bytes must have, as `<algorithm>:<hex>`. */
async function downloadEntry(parts: ImportParts, task: ImportRun): Promise<string> {
  const { store } = parts;
  const { imageId, entry } = task.args;
  if (entry.url === null) throw new OperationalError('unavailable', 'controller', `${entry.name} has no address.`);
  const signal = stopSignal(task);
  // First, so that being offline is told before anything else, and a list that moves on meanwhile is found out.
  const checksum = await expectedChecksum(entry, entry.url, signal);
  await download({
    url: entry.url,
    path: store.path(imageId, '.download'),
    statePath: store.path(imageId, '.download.json'),
    maxBytes: store.limits.maxBytes,
    requireRoom: (bytes) => store.requireRoom(bytes),
    signal,
    onProgress: (done, total) => task.progress({ stage: 'download', done, total: total ?? entry.size, unit: 'bytes' }),
    ...(parts.firstPauseMs === undefined ? {} : { firstPauseMs: parts.firstPauseMs }),
  });
  return `${entry.checksum.algorithm}:${checksum}`;
}

async function expectedChecksum({ checksum, name }: CatalogSource, url: string, signal: AbortSignal): Promise<string> {
  if (checksum.value !== null) return checksum.value.toLowerCase();
  const list = checksum.url === null ? '' : await fetchText(checksum.url, signal);
  const fileName = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  const found = findChecksum(list, fileName, checksum.algorithm);
  if (found === null) {
    throw new OperationalError(
      'unavailable',
      'controller',
      `The published checksums of ${name} do not name its file.`,
      {
        hint: 'The distribution may be publishing a new image right now. Try again later.',
      },
    );
  }
  return found;
}

async function verify(store: ImageStore, task: ImportRun): Promise<StoredContent> {
  const { imageId, entry } = task.args;
  const [algorithm, expected] = task.memo.checksum.split(':');
  return await store.examine(store.path(imageId, '.download'), {
    format: entry.diskFormat,
    check: ({ sha256, sha512 }) => {
      const actual = algorithm === 'sha256' ? sha256 : sha512;
      if (actual !== expected) throw notAsPublished(entry.name, `${algorithm} is ${actual} and not ${expected}`);
    },
    signal: stopSignal(task),
    onProgress: (done, total) => task.progress({ stage: 'verify', done, total, unit: 'bytes' }),
  });
}

function notAsPublished(name: string, difference: string): OperationalError {
  return new OperationalError(
    'image_unusable',
    'controller',
    `${name} did not arrive as it was published: its ${difference}.`,
    { hint: 'It was thrown away. Try again; if it happens again, do not use this source.' },
  );
}

/** Runs guest/build.sh, which does nothing when its result is up to date, and takes a copy of what it made. */
async function buildGuest(parts: ImportParts, task: ImportRun): Promise<string> {
  const { guestBuilder, buildDir, store } = parts;
  if (guestBuilder === undefined) {
    throw new OperationalError('unavailable', 'controller', 'The script that builds the small Linux is not installed.');
  }
  await mkdir(buildDir, { recursive: true, mode: 0o700 });
  await runBuilder(guestBuilder, buildDir, stopSignal(task), (line, count) =>
    task.progress({ stage: line, done: count, total: null, unit: 'items' }),
  );
  const built = builtSchema.parse(JSON.parse(await readFile(join(buildDir, `${BUILT_NAME}.json`), 'utf8')));
  await store.requireRoom(built.size);
  await store.copyIn(task.args.imageId, join(buildDir, `${BUILT_NAME}.qcow2`));
  return `sha512:${built.sha512}`;
}

async function runBuilder(
  script: string,
  buildDir: string,
  signal: AbortSignal,
  onLine: (line: string, count: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  // A group of its own: a cancelled build takes the programs it started with it.
  const child = spawn('bash', [script, buildDir], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  };
  signal.addEventListener('abort', stop, { once: true });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  let count = 0;
  let last = '';
  createInterface(child.stdout).on('line', (line) => onLine(line, ++count));
  createInterface(child.stderr).on('line', (line) => {
    if (line.trim() !== '') last = line.trim();
  });
  try {
    const code = await promise;
    signal.throwIfAborted();
    if (code === 0) return;
    const [what = '', fix] = last.replace(/^guest: /, '').split(/\. (?=Install with: )/);
    throw new OperationalError('unavailable', 'controller', `The small Linux could not be built: ${what}`, {
      hint: code === TOOLS_MISSING && fix ? `${fix} Then try again.` : 'The line before says why. Then try again.',
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new OperationalError('unavailable', 'controller', 'bash is not installed.', {
        hint: 'Install it with: sudo apt-get install bash',
      });
    }
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** All of it happens in this process: it ends when it is cancelled and when the controller stops. */
function stopSignal(task: ImportRun): AbortSignal {
  return AbortSignal.any([task.signal, task.closing]);
}
