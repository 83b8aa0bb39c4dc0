import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CumuletError, OperationalError, UnexpectedError } from '../../app/contract/errors.ts';
import type { MachineImage } from '../../app/contract/machine.ts';
import { errorCode, explainDiskFull, requireFreeSpace } from '../disk-full.ts';

/** Where images come from. Asked anew before each attempt: the controller may have moved. */
export interface ImageSource {
  /** The controller's base URL and the agent's secret. */
  locate(): Promise<{ url: string; secret: string }>;
}

export interface ImageDownload {
  image: MachineImage;
  /** The partial file; what is there already is kept and continued. */
  path: string;
  source: ImageSource;
  signal: AbortSignal;
  progress(done: number): void;
}

/** Attempts in a row that bring no new byte before it is given up. */
const FRUITLESS_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 200;

/** Downloads into `path`, continuing over broken connections, and verifies size and sha512 before it returns. */
export async function downloadImage(download: ImageDownload): Promise<void> {
  const { image, path, signal } = download;
  const hash = createHash('sha512');
  const resumedAt = await hashExisting(path, hash, image.size, signal);
  let done = resumedAt;
  await requireFreeSpace(dirname(path), image.size - done, `caching image ${image.id}`);
  download.progress(done);
  const file = await open(path, done === 0 ? 'w' : 'a', 0o600);
  let target: Target = { file, hash, done };
  try {
    let fruitless = 0;
    while (target.done < image.size) {
      const before = target.done;
      try {
        target = await continueDownload(download, target);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CumuletError) throw error;
        done = target.done;
        fruitless = done > before ? 0 : fruitless + 1;
        if (fruitless >= FRUITLESS_ATTEMPTS) throw unreachable(image, error);
        await delay(FIRST_PAUSE_MS * 2 ** fruitless, undefined, { signal });
      }
    }
    await file.sync();
  } catch (error) {
    const told = explainDiskFull(error, `caching image ${image.id}`);
    // The partial file is worth keeping for the next attempt, except on a full disk, where it does the harm.
    if (told instanceof CumuletError && told.code === 'disk_full') await rm(path, { force: true });
    throw told;
  } finally {
    await file.close();
  }
  const sha512 = target.hash.digest('hex');
  if (sha512 === image.sha512) return;
  await rm(path, { force: true });
  // What an earlier attempt left may itself be damaged, as by a power cut: once more from the start.
  if (resumedAt > 0) return downloadImage(download);
  throw new OperationalError('image_unusable', 'agent', `Image ${image.id} arrived damaged: its sha512 differs.`, {
    hint: 'Try again. If it happens again, the stored image is damaged: upload it anew.',
  });
}

interface Target {
  file: FileHandle;
  hash: Hash;
  done: number;
}

async function continueDownload(download: ImageDownload, target: Target): Promise<Target> {
  const { image, signal } = download;
  const { url, secret } = await download.source.locate();
  const response = await fetch(`${url}/bus/images/${encodeURIComponent(image.id)}`, {
    headers: { authorization: `Bearer ${secret}`, ...(target.done > 0 && { range: `bytes=${target.done}-` }) },
    signal,
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw refused(image, response.status);
  }
  if (target.done > 0 && response.status !== 206) {
    // The server sends the whole file: begin again.
    await target.file.truncate(0);
    target.hash = createHash('sha512');
    target.done = 0;
  }
  for await (const chunk of response.body) {
    if (target.done + chunk.length > image.size) {
      throw new OperationalError('image_unusable', 'controller', `Image ${image.id} is larger than declared.`);
    }
    const written = writeAll(target.file, chunk);
    target.hash.update(chunk);
    try {
      await written;
    } catch (error) {
      // Not worth another attempt, and the hash is ahead of the file now.
      const told = explainDiskFull(error, `caching image ${image.id}`);
      if (told instanceof CumuletError) throw told;
      throw new UnexpectedError(`Writing image ${image.id} failed: ${error}`, error, 'agent');
    }
    target.done += chunk.length;
    download.progress(target.done);
  }
  if (target.done < image.size) throw new Error(`the connection ended at byte ${target.done} of ${image.size}`);
  return target;
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < chunk.length) {
    const { bytesWritten } = await file.write(chunk, offset);
    offset += bytesWritten;
  }
}

/** Feeds what an earlier attempt left into the hash; answers its length, 0 when there is nothing of use. */
async function hashExisting(path: string, hash: Hash, size: number, signal: AbortSignal): Promise<number> {
  try {
    const { size: length } = await stat(path);
    if (length > size) return 0;
    for await (const chunk of createReadStream(path, { signal, highWaterMark: 1024 * 1024 })) hash.update(chunk);
    return length;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

function refused(image: MachineImage, status: number): Error {
  if (status === 404) {
    return new OperationalError('image_unusable', 'controller', `The controller no longer has image ${image.id}.`, {
      hint: 'Pick another image.',
    });
  }
  if (status >= 500) return new Error(`the controller answered ${status}`);
  return new OperationalError('image_unusable', 'controller', `The controller refused image ${image.id} (${status}).`);
}

function unreachable(image: MachineImage, cause: unknown): OperationalError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new OperationalError('unavailable', 'agent', `Image ${image.id} could not be loaded: ${why}.`, {
    hint: 'Try again; the download goes on where it stopped.',
    cause,
  });
}
