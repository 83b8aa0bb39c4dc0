import type { Logger } from 'pino';
import { z } from 'zod';
import { OperationalError } from '../../../app/contract/errors.ts';
import { explainDiskFull } from '../../disk-full.ts';
import type { MachineDisk } from '../devices/machine-devices.ts';
import type { OrderContext } from '../driver.ts';
import { upperNode } from './device-options.ts';
import type { MachineRecord } from './machine-record.ts';
import type { QmpClient } from './qmp-client.ts';

/**
 * Both are the same from then on, for what the guest writes now waits until {@link finish}: whichever file the record
 * names meanwhile is whole, whoever is killed.
 */
export async function commitInto(client: QmpClient, { id }: MachineDisk, order: OrderContext): Promise<void> {
  const job = jobOf({ id });
  const isReady = statusOf(client, job, ['ready', 'concluded'], order.signal);
  const arguments_ = { 'job-id': job, device: upperNode(id), 'base-node': id };
  await client.execute('block-commit', { ...arguments_, 'auto-finalize': false, 'auto-dismiss': false });
  if ((await isReady) === 'concluded') throw await failureOf(client, job);
  await order.confirm();
  const isSynced = statusOf(client, job, ['pending', 'concluded'], order.signal);
  await client.execute('job-complete', { id: job });
  if ((await isSynced) === 'concluded') throw await failureOf(client, job);
}

/** The guest's disk is the one file that the record names. */
export async function finish(client: QmpClient, disk: Pick<MachineDisk, 'id'>): Promise<void> {
  const job = jobOf(disk);
  const isOver = statusOf(client, job, ['concluded']);
  await client.execute('job-finalize', { id: job });
  await isOver;
  const failure = await failureOf(client, job, null);
  if (failure !== null) throw failure;
  await client.execute('job-dismiss', { id: job });
  await client.execute('blockdev-del', { 'node-name': upperNode(disk.id) });
}

/**
 * What an agent that died left half-way in a process: the guest's writes may wait for it. What cannot be settled is told by
 * the order that is given again.
 */
export async function settleMerges(
  client: QmpClient,
  { devices, spec }: Pick<MachineRecord, 'devices' | 'spec'>,
  log: Logger,
): Promise<void> {
  try {
    const jobs = await jobsOf(client);
    for (const disk of devices.disks) {
      const found = jobs.find(({ id }) => id === jobOf(disk));
      if (found !== undefined) await settle(client, disk, found.status);
    }
  } catch (error) {
    log.error({ err: error, machine: spec.id }, 'what a merge of disks left could not be settled');
  }
}

async function settle(client: QmpClient, disk: MachineDisk, status: string): Promise<void> {
  const isDecided = disk.over === undefined;
  if (status === 'pending' && isDecided) return await finish(client, disk);
  await cancel(client, disk);
  if (status === 'concluded' && isDecided) await client.execute('blockdev-del', { 'node-name': upperNode(disk.id) });
}

export async function cancel(client: QmpClient, disk: Pick<MachineDisk, 'id'>): Promise<void> {
  const job = jobOf(disk);
  const found = (await jobsOf(client)).find(({ id }) => id === job);
  if (found === undefined) return;
  if (found.status !== 'concluded') {
    const isOver = statusOf(client, job, ['concluded']);
    await client.execute('job-cancel', { id: job });
    await isOver;
  }
  await client.execute('job-dismiss', { id: job });
}

function jobOf({ id }: Pick<MachineDisk, 'id'>): string {
  return `merge-${id}`;
}

/** Ask before causing it. */
async function statusOf(
  client: QmpClient,
  job: string,
  wanted: readonly string[],
  signal?: AbortSignal,
): Promise<unknown> {
  const isIt = ({ id, status }: Record<string, unknown>) => id === job && wanted.includes(String(status));
  const event = client.waitForEvent('JOB_STATUS_CHANGE', isIt, signal ? { signal } : {});
  // Whoever asked may fail before it looks.
  event.catch(() => undefined);
  return (await event).data.status;
}

const jobsSchema = z.array(z.object({ id: z.string(), status: z.string(), error: z.string().optional() }));

async function jobsOf(client: QmpClient) {
  return jobsSchema.parse(await client.execute('query-jobs'));
}

async function failureOf(client: QmpClient, job: string): Promise<OperationalError>;
async function failureOf(client: QmpClient, job: string, none: null): Promise<OperationalError | null>;
async function failureOf(client: QmpClient, job: string, none?: null): Promise<OperationalError | null> {
  const found = (await jobsOf(client)).find(({ id }) => id === job);
  if (found?.error === undefined && none === null) return null;
  const message = found?.error ?? 'it ended too early';
  const told = explainDiskFull(new Error(message), 'merging the disk of the resized machine');
  if (told instanceof OperationalError) return told;
  return new OperationalError('hypervisor_failed', 'hypervisor', `A disk could not be merged: ${message}.`);
}
