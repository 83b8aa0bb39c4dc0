import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { BlockWriter } from './block-writer.ts';

/**
 * All of `source` into `writer`. A source that is refused is not destroyed but read to its end for nothing: a client
 * that is still sending reads its answer only then.
 */
export function pour(source: Readable, writer: BlockWriter, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let writing = Promise.resolve();
  const settle = (error?: unknown) => {
    source.off('data', onData).off('end', onEnd).off('close', onClose);
    signal.removeEventListener('abort', onAbort);
    if (error === undefined) return resolve();
    source.resume();
    reject(error);
  };
  const onData = (chunk: Uint8Array<ArrayBuffer>) => {
    const waits = writer.write(chunk);
    if (waits === undefined) return letGo(chunk);
    source.pause();
    writing = waits.then(() => letGo(chunk));
    writing.then(() => source.resume(), settle);
  };
  // Each piece of a request's body has memory of its own, which is else collected with the whole heap, every 64 MiB.
  const letGo = ({ buffer, byteLength }: Uint8Array<ArrayBuffer>) => {
    if (source instanceof IncomingMessage && buffer.byteLength === byteLength) buffer.transfer(0);
  };
  // The end may be told while the last piece still waits for its block.
  const onEnd = () => {
    source.off('close', onClose);
    writing.then(() => settle(), settle);
  };
  const onClose = () => settle(source.errored ?? new Error('The data ended too early'));
  const onAbort = () => settle(signal.reason);
  // Listened to for good: what goes wrong after a refusal is of no interest, but must not end the process.
  source.on('error', settle);
  if (signal.aborted) settle(signal.reason);
  else if (source.readableEnded) settle();
  else if (source.destroyed) onClose();
  else {
    signal.addEventListener('abort', onAbort, { once: true });
    source.on('end', onEnd).on('close', onClose).on('data', onData);
  }
  return promise;
}
