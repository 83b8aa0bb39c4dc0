import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { OperationalError } from '../../../app/contract/errors.ts';
import { freeBytes, RESERVED_BYTES, requireFreeSpace } from '../../disk-full.ts';
import { failPoint } from '../../fail-point.ts';
import { type BlockNode, localFile, onlyRead } from '../../storage/block-node.ts';
import type { OrderContext } from '../driver.ts';
import { createBlankDisk } from './disks.ts';
import { type QmpClient, QmpError } from './qmp-client.ts';

/** A whole copy of a disk: one qcow2 file that stands on no other, without room for what is nothing but zeros. */
export interface DiskCopy {
  imageTool: string;
  /** What is read; of a running machine the node of that name, of one that is off the files. */
  source: { name: string; node: BlockNode };
  /** The file; what is there already goes. */
  path: string;
  order: OrderContext;
}

/** Of the job and of the node it writes to: a machine has one copy at a time. */
const COPY = 'snapshot';
/** How often progress and the room that is left are looked at, milliseconds. */
const LOOK_EVERY_MS = 100;
/** What QEMU has to end a job that is called off in, milliseconds. */
const ENDS_WITHIN_MS = 30_000;
const DOING = 'the snapshot';

const jobsSchema = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    'current-progress': z.number(),
    'total-progress': z.number(),
    error: z.string().optional(),
  }),
);
const measuredSchema = z.object({ required: z.number() });

/**
 * The disk as it is when this begins, while the guest goes on: what it overwrites meanwhile is copied first. QEMU does it
 * in a job of its own, which an agent that dies leaves behind: {@link endEarlierCopy}. `whileQuiet` is the moment.
 */
export async function copyLiveDisk(
  copy: DiskCopy,
  client: QmpClient,
  bytes: number,
  whileQuiet: (begin: () => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const { imageTool, source, path, order } = copy;
  await endCopy(client);
  await requireRoom(copy);
  await createBlankDisk(imageTool, path, bytes);
  try {
    const target = { ...localFile('qcow2', path), 'node-name': COPY, 'detect-zeroes': 'on' };
    await client.execute('blockdev-add', target, order);
    const job = { 'job-id': COPY, device: source.name, target: COPY, sync: 'full', 'auto-dismiss': false };
    await whileQuiet(() => client.execute('blockdev-backup', job, order));
    failPoint('agent.snapshot.copying');
    for (;;) {
      const state = await jobOf(client);
      if (state === undefined) throw failed('its job is gone');
      const { 'current-progress': done, 'total-progress': total, status, error } = state;
      order.progress({ stage: 'snapshot', done, total: Math.max(done, total), unit: 'bytes' });
      if (status === 'concluded' && error !== undefined) throw failed(error);
      if (status === 'concluded') return;
      await delay(LOOK_EVERY_MS, undefined, { signal: order.signal });
      await requireReserve(path);
    }
  } finally {
    await endCopy(client);
  }
}

/** Takes away what a copy has of a running QEMU, also one that an agent before this began; nothing where there is none. */
async function endCopy(client: QmpClient): Promise<void> {
  const until = performance.now() + ENDS_WITHIN_MS;
  for (let isAsked = false; ; ) {
    const job = await jobOf(client);
    if (job === undefined) break;
    if (job.status === 'concluded') await unlessRefused(client.execute('job-dismiss', { id: COPY }));
    else if (!isAsked) await unlessRefused(client.execute('job-cancel', { id: COPY }));
    isAsked = true;
    if (performance.now() > until) throw failed('QEMU does not end it');
    await delay(LOOK_EVERY_MS / 10);
  }
  await unlessRefused(client.execute('blockdev-del', { 'node-name': COPY }));
}

/** Of a snapshot that the agent before was killed in; the guest does not wait for it. */
export async function endEarlierCopy(client: QmpClient, log: Logger): Promise<void> {
  await endCopy(client).catch((error) => log.warn({ err: error }, 'what was begun of a snapshot goes on in QEMU'));
}

/** Of a machine that is off, and stays so meanwhile. */
export async function copyDisk(copy: DiskCopy): Promise<void> {
  const { imageTool, source, path, order } = copy;
  const bytes = await requireRoom(copy);
  order.progress({ stage: 'snapshot', done: 0, total: bytes, unit: 'bytes' });
  const args = ['convert', '-p', '-O', 'qcow2', `json:${JSON.stringify(onlyRead(source.node))}`, path];
  await runTool(imageTool, args, order.signal, path, (percent) =>
    order.progress({ stage: 'snapshot', done: Math.round((bytes * percent) / 100), total: bytes, unit: 'bytes' }),
  );
}

/** Throws where the copy, for which so many bytes are needed, has no room. */
async function requireRoom({ imageTool, source, path, order }: DiskCopy): Promise<number> {
  const what = `json:${JSON.stringify(onlyRead(source.node))}`;
  const args = ['measure', '-U', '--output=json', '-O', 'qcow2', what];
  const { required } = measuredSchema.parse(JSON.parse(await runTool(imageTool, args, order.signal)));
  await requireFreeSpace(dirname(path), required, DOING);
  return required;
}

/** Before the disk is so full that guests stand still for it. */
async function requireReserve(path: string): Promise<void> {
  if ((await freeBytes(dirname(path))) < RESERVED_BYTES / 2) await requireFreeSpace(dirname(path), 0, DOING);
}

async function jobOf(client: QmpClient): Promise<z.infer<typeof jobsSchema>[number] | undefined> {
  return jobsSchema.parse(await client.execute('query-jobs')).find(({ id }) => id === COPY);
}

/** QEMU refuses to take away what is not there. */
async function unlessRefused(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof QmpError)) throw error;
  }
}

/** Answers what it wrote; its progress, as `qemu-img -p` tells it, goes to `onPercent`. */
async function runTool(
  imageTool: string,
  args: readonly string[],
  signal: AbortSignal,
  growing?: string,
  onPercent: (percent: number) => void = () => undefined,
): Promise<string> {
  signal.throwIfAborted();
  const child = spawn(imageTool, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.withResolvers<number | null>();
  let full: unknown;
  let [output, errors] = ['', ''];
  child.once('error', ended.reject);
  child.once('close', ended.resolve);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const percent = /\(\s*([\d.]+)\/100%\)/.exec(text)?.[1];
    if (percent !== undefined) onPercent(Number(percent));
    else output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2_000);
  });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const looking = setInterval(() => {
    if (growing === undefined) return;
    requireReserve(growing).catch((error: unknown) => {
      full ??= error;
      stop();
    });
  }, LOOK_EVERY_MS);
  try {
    const code = await ended.promise;
    signal.throwIfAborted();
    if (full !== undefined) throw full;
    if (code !== 0) throw failed(errors.trim() || `qemu-img ended with ${code}`);
    return output;
  } finally {
    clearInterval(looking);
    signal.removeEventListener('abort', stop);
  }
}

function failed(why: string): OperationalError {
  const code = /No space left on device|Disk quota exceeded/.test(why) ? 'disk_full' : 'hypervisor_failed';
  return new OperationalError(code, 'hypervisor', `The snapshot failed: ${why}.`, {
    hint: code === 'disk_full' ? 'Free some space on the disk that holds the data folder, then try again.' : undefined,
  });
}
