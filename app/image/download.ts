import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { CumuletError, OperationalError, UserError } from '../contract/errors.ts';
import { asDiskFull } from './block-writer.ts';

/** Attempts without a single new byte, after which a download gives up. */
const FRUITLESS_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1000;
/** A server that sends nothing for so long is left. */
const STALLED_MS = 60_000;

/** Kept beside the file, so that a later start knows whether the rest still fits to what is there. */
const stateSchema = z.object({ url: z.string(), validator: z.string() });

export interface DownloadOptions {
  url: string;
  path: string;
  statePath: string;
  maxBytes: number;
  /** Called when the size is known, before bytes come: throws when there is no room. */
  requireRoom: (bytes: number) => Promise<void>;
  signal: AbortSignal;
  onProgress: (done: number, total: number | null) => void;
  firstPauseMs?: number;
}

/**
 * Downloads to a file and goes on where an earlier attempt (of this or an earlier process) ended, as long as the server
 * says that it is still the same file (`If-Range`, RFC 9110). The content is not judged here.
 */
export async function download(options: DownloadOptions): Promise<void> {
  let fruitless = 0;
  for (let pause = options.firstPauseMs ?? FIRST_PAUSE_MS; ; pause *= 2) {
    const before = await sizeOf(options.path);
    try {
      await attempt(options);
      return;
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof CumuletError && !(error instanceof Interrupted)) throw error;
      const gained = (await sizeOf(options.path)) > before;
      fruitless = gained ? 0 : fruitless + 1;
      if (gained) pause = options.firstPauseMs ?? FIRST_PAUSE_MS;
      if (fruitless >= FRUITLESS_ATTEMPTS || isOffline(error)) throw explain(error, options.url);
    }
    await sleep(pause, options.signal);
  }
}

/** Text from the web of at most 1 MiB, such as a list of checksums. */
export async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(STALLED_MS)]) });
    if (!response.ok) throw refused(url, response.status);
    const text = await response.text();
    if (text.length > 1024 * 1024) throw new OperationalError('unavailable', 'controller', `${url} is too large.`);
    return text;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CumuletError ? error : explain(error, url);
  }
}

/** The connection ended before the file did: the next attempt goes on from there. */
class Interrupted extends OperationalError {}

async function attempt(options: DownloadOptions): Promise<void> {
  const { url, path, statePath } = options;
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALLED_MS);
  try {
    let start = await sizeOf(path);
    const validator = start > 0 ? await validatorOf(statePath, url) : null;
    if (validator === null) start = 0;
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (validator !== null) Object.assign(headers, { range: `bytes=${start}-`, 'if-range': validator });
    const signal = AbortSignal.any([options.signal, stalled.signal]);
    const response = await fetch(url, { headers, signal });
    if (response.status === 416) {
      await response.body?.cancel();
      // All of it is here already, or the server's file is another one now.
      if (totalOf(response) === start) return;
      await rm(path, { force: true });
      throw new Interrupted('unavailable', 'controller', 'The file on the server has changed.');
    }
    if (!response.ok || !response.body) {
      if (response.status >= 500 || response.status === 429 || response.status === 408) {
        throw new Interrupted('unavailable', 'controller', `${hostOf(url)} answered ${response.status}.`);
      }
      throw refused(url, response.status);
    }
    if (response.status !== 206) start = 0;
    const total = totalOf(response);
    if (total !== null && total > options.maxBytes) {
      throw new UserError('too_large', `The image is larger than the ${options.maxBytes} bytes that are allowed.`);
    }
    if (total !== null) await options.requireRoom(total - start);
    await remember(statePath, url, response);
    const file = await open(path, start > 0 ? 'a' : 'w', 0o600);
    try {
      let done = start;
      options.onProgress(done, total);
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(), STALLED_MS);
        done += chunk.length;
        if (done > options.maxBytes) throw new UserError('too_large', 'The image is larger than what is allowed.');
        await writeAll(file, chunk);
        options.onProgress(done, total);
      }
      await file.sync();
      if (total !== null && done < total) {
        throw new Interrupted('unavailable', 'controller', `The connection ended after ${done} of ${total} bytes.`);
      }
    } finally {
      await file.close();
    }
  } finally {
    clearTimeout(timer);
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  try {
    await file.appendFile(chunk);
  } catch (error) {
    throw asDiskFull(error);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

async function validatorOf(statePath: string, url: string): Promise<string | null> {
  try {
    const state = stateSchema.parse(JSON.parse(await readFile(statePath, 'utf8')));
    return state.url === url ? state.validator : null;
  } catch {
    return null;
  }
}

/** A weak ETag does not promise the same bytes, so the date stands in for it. */
async function remember(statePath: string, url: string, response: Response): Promise<void> {
  const etag = response.headers.get('etag');
  const validator = etag !== null && !etag.startsWith('W/') ? etag : response.headers.get('last-modified');
  if (validator === null) await rm(statePath, { force: true });
  else await writeFile(statePath, JSON.stringify({ url, validator }), { mode: 0o600 });
}

/** Size of the whole file, from `Content-Range: bytes 5-9/10` or the length of a whole answer. */
function totalOf(response: Response): number | null {
  const range = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const length = response.status === 200 ? response.headers.get('content-length') : null;
  const text = range ?? length;
  return text === null ? null : Number(text);
}

const OFFLINE = ['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH'];

function isOffline(error: unknown): boolean {
  return OFFLINE.includes(causeCode(error));
}

/** `fetch` says only "fetch failed"; why stands in its causes. */
function causeCode(error: unknown): string {
  if (!(error instanceof Error) || error instanceof CumuletError) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return causeCode(error.cause);
}

function explain(error: unknown, url: string): OperationalError {
  const host = hostOf(url);
  if (error instanceof CumuletError && error.code !== 'unavailable') return error;
  const why = causeCode(error) || (error instanceof Error ? error.message : String(error));
  const message = isOffline(error)
    ? `${host} cannot be reached: this computer seems to be offline (${why}).`
    : `The download from ${host} failed: ${why}`;
  return new OperationalError('unavailable', 'controller', message, {
    hint: 'Check the internet connection and try again, upload a file instead, or use the built-in small Linux.',
    cause: error,
  });
}

function refused(url: string, status: number): OperationalError {
  return new OperationalError('unavailable', 'controller', `${hostOf(url)} answered ${status} for ${url}.`, {
    hint: 'The distribution may have moved the image. Download it from its page and upload the file.',
  });
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
