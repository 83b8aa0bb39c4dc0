import { CloudError, parseFault } from '../../api/cloud-error.ts';
import { desktop } from '../../api/desktop.ts';
import { readSession } from '../../api/session.ts';
import { t } from '../../i18n/i18n.ts';

/** Not in TypeScript's DOM yet: only Chromium has it. */
interface SavePicker {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** True where the page can write into a file that a person chose; the desktop app has its own save dialog. */
export function hasSavePicker(view: object = window): view is SavePicker {
  return 'showSaveFilePicker' in view && desktop() === null;
}

/** The file to write into, or null when the person thought better of it. */
export async function chooseFile(picker: SavePicker, suggestedName: string): Promise<FileSystemFileHandle | null> {
  try {
    return await picker.showSaveFilePicker({ suggestedName });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** Bytes as they come, into the file; a transfer that ends early leaves nothing behind. */
export async function writeStream(
  source: ReadableStream<Uint8Array>,
  file: FileSystemFileHandle,
  options: { signal: AbortSignal; onProgress: (doneBytes: number) => void },
): Promise<void> {
  let done = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      done += chunk.byteLength;
      options.onProgress(done);
      controller.enqueue(chunk);
    },
  });
  await source.pipeThrough(counter).pipeTo(await file.createWritable(), { signal: options.signal });
}

const WORKER = '/download-worker.js';
/** The worker sees nothing but the addresses below this. */
const SCOPE = '/download/';
/** Long enough for a browser to have taken the answer up; the frame is of no use after that. */
const FRAME_LINGER_MS = 60_000;

type WorkerAnswer =
  | { op: 'ready' }
  | { op: 'started' }
  | { op: 'failed'; status: number; body: string; requestId: string | null };

/** The browser's own download, with the token in a header that a service worker adds. Resolves when it has begun. */
export async function downloadThroughWorker(path: string, name: string): Promise<void> {
  if (!('serviceWorker' in navigator)) {
    throw new CloudError(t('design:fault.cannotSave'), {
      status: 0,
      code: 'unavailable',
      hint: t('design:fault.cannotSaveHint'),
    });
  }
  const worker = await activeWorker(await navigator.serviceWorker.register(WORKER, { scope: SCOPE }));
  const key = crypto.randomUUID();
  const { port1, port2 } = new MessageChannel();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  port1.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
    if (data.op === 'ready') openFrame(SCOPE + key);
    else if (data.op === 'started') resolve();
    else reject(parseFault(data.status, data.body, data.requestId ?? undefined));
  };
  worker.postMessage({ key, path, name, token: readSession()?.token ?? '' }, [port2]);
  await promise.finally(() => port1.close());
}

async function activeWorker(registration: ServiceWorkerRegistration): Promise<ServiceWorker> {
  const coming = registration.installing ?? registration.waiting;
  if (!coming) {
    if (registration.active) return registration.active;
    throw new Error(t('design:fault.downloadWorker'));
  }
  const { promise, resolve, reject } = Promise.withResolvers<ServiceWorker>();
  const look = (): void => {
    if (coming.state === 'activated') resolve(coming);
    if (coming.state === 'redundant') reject(new Error(t('design:fault.downloadWorker')));
  };
  coming.addEventListener('statechange', look);
  look();
  return await promise;
}

function openFrame(address: string): void {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.src = address;
  document.body.append(frame);
  setTimeout(() => frame.remove(), FRAME_LINGER_MS);
}
