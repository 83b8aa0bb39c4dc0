import { type EventEmitter, once as untilEvent } from 'node:events';

/** Below the limit of the fast tests, so that it is this that fails them; only what hangs reaches it. */
const PATIENCE_SECONDS = 50;

/**
 * Node's `once` for tests: what does not come is said by its name, where it was waited for, instead of a test that only
 * took too long.
 */
export async function once(
  emitter: EventEmitter,
  event: string,
  seconds = PATIENCE_SECONDS,
  // biome-ignore lint/suspicious/noExplicitAny: as node's, which does not know what an event brings
): Promise<any[]> {
  const missing = new Error(`No "${event}" from ${emitter.constructor.name} within ${seconds} s`);
  try {
    return await untilEvent(emitter, event, { signal: AbortSignal.timeout(seconds * 1000) });
  } catch (error) {
    throw error instanceof Error && error.name === 'AbortError' ? missing : error;
  }
}

/** The same for a promise, such as a gate that somebody should come to. */
export async function within<T>(what: string, promise: Promise<T>, seconds = PATIENCE_SECONDS): Promise<T> {
  const missing = new Error(`Waited ${seconds} s for ${what}`);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(missing), seconds * 1000);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
