import { create } from 'zustand';
import { useSessionStore } from '../../api/session.ts';

/** A file on its way between this window and the cloud. */
export interface Transfer {
  /** `up:<image id>` or `down:<image id>`. */
  id: string;
  direction: 'up' | 'down';
  imageId: string;
  name: string;
  /** Bytes. */
  done: number;
  size: number;
  /** Bytes a second over the last seconds; null at first. */
  rate: number | null;
  state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  error: unknown;
  startedAt: string;
}

/** Transfers belong to the window, not to the page they were started from. */
export const useTransfersStore = create<{ transfers: Transfer[] }>(() => ({ transfers: [] }));

export interface TransferWork {
  /** Moves the bytes; rejects when that fails. */
  run: (tools: { signal: AbortSignal; onProgress: (doneBytes: number) => void }) => Promise<void>;
  /** Starts it again, with the same file, after it failed. */
  retry?: () => void;
}

const aborts = new Map<string, AbortController>();
const retries = new Map<string, () => void>();
/** Weight of the newest sample in the rate: steady to read, yet follows a change within seconds. */
const SMOOTHING = 0.2;
const SAMPLE_MS = 500;

/** Follows a transfer from its first byte to its end; what went wrong is in the store, nothing is thrown. */
export async function runTransfer(
  what: Pick<Transfer, 'direction' | 'imageId' | 'name' | 'size'>,
  work: TransferWork,
): Promise<Transfer['state']> {
  const id = `${what.direction}:${what.imageId}`;
  const abort = new AbortController();
  aborts.set(id, abort);
  if (work.retry) retries.set(id, work.retry);
  const startedAt = new Date().toISOString();
  const transfer: Transfer = { ...what, id, done: 0, rate: null, state: 'running', error: null, startedAt };
  useTransfersStore.setState(({ transfers }) => ({
    transfers: [transfer, ...transfers.filter((each) => each.id !== id)],
  }));
  try {
    await work.run({ signal: abort.signal, onProgress: meter(id) });
    change(id, { state: 'succeeded', done: what.size });
    retries.delete(id);
    return 'succeeded';
  } catch (error) {
    const state = abort.signal.aborted ? 'cancelled' : 'failed';
    change(id, state === 'failed' ? { state, error } : { state });
    if (state === 'cancelled') retries.delete(id);
    return state;
  } finally {
    aborts.delete(id);
  }
}

export function cancelTransfer(id: string): void {
  aborts.get(id)?.abort();
}

export function canRetry(transfer: Transfer): boolean {
  return transfer.state === 'failed' && retries.has(transfer.id);
}

export function retryTransfer(id: string): void {
  retries.get(id)?.();
}

/** What it was for is gone. */
export function forgetTransfer(id: string): void {
  retries.delete(id);
  useTransfersStore.setState(({ transfers }) => ({ transfers: transfers.filter((each) => each.id !== id) }));
}

export function clearFinishedTransfers(): void {
  useTransfersStore.setState(({ transfers }) => {
    const left = transfers.filter((transfer) => transfer.state === 'running');
    for (const { id } of transfers) if (!left.some((each) => each.id === id)) retries.delete(id);
    return { transfers: left };
  });
}

/** The upload into this image, while it runs in this window. */
export function useRunningUpload(imageId: string): Transfer | undefined {
  return useTransfersStore(({ transfers }) =>
    transfers.find((each) => each.imageId === imageId && each.direction === 'up' && each.state === 'running'),
  );
}

export function secondsLeft(transfer: Transfer): number | null {
  return transfer.rate ? (transfer.size - transfer.done) / transfer.rate : null;
}

function meter(id: string): (done: number) => void {
  let lastDone = 0;
  let lastTime = performance.now();
  let rate: number | null = null;
  return (done) => {
    const time = performance.now();
    if (time - lastTime >= SAMPLE_MS) {
      const sample = ((done - lastDone) / (time - lastTime)) * 1000;
      rate = rate === null ? sample : rate + (sample - rate) * SMOOTHING;
      lastDone = done;
      lastTime = time;
    }
    change(id, { done, rate });
  };
}

function change(id: string, changed: Partial<Transfer>): void {
  useTransfersStore.setState(({ transfers }) => ({
    transfers: transfers.map((transfer) => (transfer.id === id ? { ...transfer, ...changed } : transfer)),
  }));
}

// They are nothing for who signs in next, and may not go on in the name of who has left.
useSessionStore.subscribe(({ session, ended }) => {
  if (session !== null || ended !== 'signed-out') return;
  for (const abort of aborts.values()) abort.abort();
  retries.clear();
  useTransfersStore.setState({ transfers: [] });
});

// Closing the window ends the transfers in it: the browser asks first.
window.addEventListener('beforeunload', (event) => {
  if (aborts.size > 0) event.preventDefault();
});
