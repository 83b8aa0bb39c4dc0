import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { CumuletError, fromWire, OperationalError } from '../../app/contract/errors.ts';
import { wireErrorSchema } from '../../app/contract/task.ts';
import { isKnownCode } from '../order-errors.ts';
import type { ImageSource } from './image-download.ts';

/** The same controller that images come from. */
export type ImageTarget = ImageSource;

export interface ImageUpload {
  imageId: string;
  /** Bytes; `read` gives just so many. */
  size: number;
  /** From the first byte, each time it is asked. */
  read: () => Readable;
  target: ImageTarget;
  signal: AbortSignal;
  progress(done: number): void;
}

/** How long it is tried again where the controller is away, milliseconds; one that says it is busy is asked on and on. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** An answer is a sentence. */
const MOST_ANSWERED = 64 * 1024;

/** Whether the controller has the bytes of that image already, so that there is nothing left to send. */
export async function isStored(target: ImageTarget, imageId: string, signal: AbortSignal): Promise<boolean> {
  const { url, secret } = await locate(target);
  try {
    const headers = { authorization: `Bearer ${secret}` };
    const { status } = await fetch(addressOf(url, imageId), { method: 'HEAD', headers, signal });
    return status === 200;
  } catch (error) {
    signal.throwIfAborted();
    throw away(error);
  }
}

/**
 * Sends an image's bytes with their SHA-512 behind them. A connection that breaks is made again and all is sent anew:
 * the controller keeps nothing of half an image.
 */
export async function uploadImage(upload: ImageUpload): Promise<void> {
  let until = performance.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await send(upload);
    } catch (error) {
      upload.signal.throwIfAborted();
      if (error instanceof CumuletError && error.code !== 'unavailable') throw error;
      if (error instanceof CumuletError && error.origin === 'controller') until = performance.now() + PATIENCE_MS;
      if (performance.now() > until) throw error instanceof CumuletError ? error : away(error);
      await delay(pause, undefined, { signal: upload.signal });
    }
  }
}

async function send({ imageId, size, read, target, signal, progress }: ImageUpload): Promise<void> {
  const { url, secret } = await locate(target);
  const address = addressOf(url, imageId);
  const request = (address.startsWith('https:') ? httpsRequest : httpRequest)(address, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/octet-stream',
      'transfer-encoding': 'chunked',
      'x-openstack-image-size': String(size),
      trailer: 'x-content-sha512',
    },
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.once('response', (response) => readAnswer(response).then(resolve, reject));
    request.once('error', reject);
  });
  const hash = createHash('sha512');
  let done = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      done += chunk.length;
      progress(done);
      callback(null, chunk);
    },
    flush(callback) {
      request.addTrailers({ 'x-content-sha512': hash.digest('hex') });
      callback();
    },
  });
  const answered = new AbortController();
  const sent = pipeline(read(), count, request, { signal: AbortSignal.any([signal, answered.signal]) });
  // Which of the two tells of a broken connection first is chance.
  sent.catch(() => undefined);
  try {
    const { status, body } = await Promise.race([answer, sent.then(() => answer)]);
    if (status !== 204) throw refusal(imageId, status, body);
  } finally {
    answered.abort();
    request.destroy();
  }
}

interface Answer {
  status: number;
  body: string;
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) if (body.length < MOST_ANSWERED) body += chunk;
  return { status: response.statusCode ?? 0, body };
}

function refusal(imageId: string, status: number, body: string): CumuletError {
  try {
    const error = wireErrorSchema.parse(JSON.parse(body).error);
    if (isKnownCode(error.code)) return fromWire({ ...error, code: error.code });
  } catch {
    // Somebody between the two has answered.
  }
  const message = `The controller did not take the bytes of image ${imageId} (${status}).`;
  return new OperationalError(status >= 500 ? 'unavailable' : 'image_unusable', 'controller', message);
}

async function locate(target: ImageTarget): Promise<{ url: string; secret: string }> {
  try {
    return await target.locate();
  } catch (error) {
    throw away(error);
  }
}

function addressOf(url: string, imageId: string): string {
  return `${url}/bus/images/${encodeURIComponent(imageId)}`;
}

function away(cause: unknown): OperationalError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new OperationalError('unavailable', 'agent', `The image could not be sent to the controller: ${why}.`, {
    hint: 'Look whether the controller runs and has room, and try again.',
    cause,
  });
}
