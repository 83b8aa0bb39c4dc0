import { create } from 'zustand';
import { uploadImageFile } from '../../api/image.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { formatBytes } from '../../design/byte-size.ts';

export interface Upload {
  /** The image's id. */
  id: string;
  name: string;
  /** Bytes. */
  sent: number;
  size: number;
  /** Bytes a second over the last seconds; null at first. */
  rate: number | null;
  state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  error: unknown;
  startedAt: string;
}

interface UploadsState {
  uploads: Upload[];
}

/** Uploads belong to the window, not to the page they were started from. */
export const useUploadsStore = create<UploadsState>(() => ({ uploads: [] }));

const aborts = new Map<string, AbortController>();
/** Weight of the newest sample in the rate: steady to read, yet follows a change within seconds. */
const SMOOTHING = 0.2;
const SAMPLE_MS = 500;

/** Sends a file into an image record and follows it; resolves or rejects with the upload. */
export async function startImageUpload(image: { id: string; name: string }, file: Blob): Promise<void> {
  const abort = new AbortController();
  aborts.set(image.id, abort);
  const upload: Upload = {
    ...image,
    sent: 0,
    size: file.size,
    rate: null,
    state: 'running',
    error: null,
    startedAt: new Date().toISOString(),
  };
  useUploadsStore.setState(({ uploads }) => ({ uploads: [upload, ...uploads.filter((each) => each.id !== image.id)] }));
  try {
    await uploadImageFile(image.id, file, { signal: abort.signal, onProgress: meter(image.id) });
    change(image.id, { state: 'succeeded', sent: file.size });
  } catch (error) {
    change(image.id, abort.signal.aborted ? { state: 'cancelled' } : { state: 'failed', error });
    throw error;
  } finally {
    aborts.delete(image.id);
    void queryClient.invalidateQueries({ queryKey: keys.images.all });
  }
}

export function cancelUpload(id: string): void {
  aborts.get(id)?.abort();
}

export function clearFinishedUploads(): void {
  useUploadsStore.setState(({ uploads }) => ({ uploads: uploads.filter((upload) => upload.state === 'running') }));
}

export function secondsLeft(upload: Upload): number | null {
  return upload.rate ? (upload.size - upload.sent) / upload.rate : null;
}

/** `42 MiB/s`, or nothing while it is not known. */
export function describeRate(upload: Upload): string {
  return upload.rate === null ? '' : `${formatBytes(upload.rate)}/s`;
}

function meter(id: string): (sent: number) => void {
  let lastSent = 0;
  let lastTime = performance.now();
  let rate: number | null = null;
  return (sent) => {
    const time = performance.now();
    if (time - lastTime >= SAMPLE_MS) {
      const sample = ((sent - lastSent) / (time - lastTime)) * 1000;
      rate = rate === null ? sample : rate + (sample - rate) * SMOOTHING;
      lastSent = sent;
      lastTime = time;
    }
    change(id, { sent, rate });
  };
}

function change(id: string, changed: Partial<Upload>): void {
  useUploadsStore.setState(({ uploads }) => ({
    uploads: uploads.map((upload) => (upload.id === id ? { ...upload, ...changed } : upload)),
  }));
}

// Closing the window ends the uploads in it: the browser asks first.
window.addEventListener('beforeunload', (event) => {
  if (aborts.size > 0) event.preventDefault();
});
