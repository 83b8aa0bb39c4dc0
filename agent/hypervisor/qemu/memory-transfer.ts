import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OperationalError } from '../../../app/contract/errors.ts';
import { syncFolder } from '../../../app/files/whole-file.ts';
import { explainDiskFull, requireFreeSpace } from '../../disk-full.ts';
import { failPoint } from '../../fail-point.ts';
import type { MachineFiles } from './machine-files.ts';
import { MemoryReceiver, sendMemory } from './memory-stream.ts';
import type { QmpClient } from './qmp-client.ts';

const MIB = 1024 * 1024;
/** QEMU's default would hold a local file to 128 MiB/s. Bytes a second. */
const NO_BANDWIDTH_LIMIT = 2 ** 40;

/**
 * Stops the guest and writes its memory to a file, which has its final name only when it is whole. When that fails the
 * guest goes on as before.
 */
export async function saveMemory(
  client: QmpClient,
  files: MachineFiles,
  memoryMib: number,
  wasRunning: boolean,
  signal: AbortSignal,
): Promise<void> {
  await requireFreeSpace(files.folder, memoryMib * MIB, 'suspending the machine');
  const receiver = await MemoryReceiver.listen(files.memorySocket, files.memoryPartial);
  try {
    await client.execute('stop', {}, { signal });
    await tellOfMigration(client);
    await client.execute('migrate-set-parameters', { 'max-bandwidth': NO_BANDWIDTH_LIMIT });
    const ended = client.waitForEvent('MIGRATION', isMigrationOver, { signal });
    ended.catch(() => undefined);
    await client.execute('migrate', { uri: `unix:${files.memorySocket}` }, { signal });
    // A full disk ends the stream on our side first; QEMU then only knows of a broken connection.
    const [stored, migrated] = await Promise.allSettled([receiver.received, ended]);
    if (stored.status === 'rejected') throw explainDiskFull(stored.reason, 'suspending the machine');
    if (migrated.status === 'rejected') throw migrated.reason;
    if (migrated.value.data.status !== 'completed') throw migrationFailed('saved');
    await rename(files.memoryPartial, files.memory);
    await syncFolder(dirname(files.memory));
  } catch (error) {
    await rm(files.memoryPartial, { force: true });
    await client.execute('migrate_cancel').catch(() => undefined);
    if (wasRunning) await client.execute('cont').catch(() => undefined);
    throw error;
  } finally {
    receiver.close();
  }
  failPoint('agent.suspend.saved');
}

/**
 * Loads a saved memory into a QEMU started to receive it. The file is gone before the guest can run: a memory older
 * than the disks must never be loaded again.
 */
export async function restoreMemory(client: QmpClient, files: MachineFiles, signal: AbortSignal): Promise<void> {
  await tellOfMigration(client);
  await rm(files.memorySocket, { force: true });
  const ended = client.waitForEvent('MIGRATION', isMigrationOver, { signal });
  ended.catch(() => undefined);
  await client.execute('migrate-incoming', { uri: `unix:${files.memorySocket}` }, { signal });
  await sendMemory(files.memorySocket, files.memory, signal);
  const { data } = await ended;
  if (data.status !== 'completed') throw migrationFailed('restored');
  await rm(files.memory, { force: true });
  await syncFolder(dirname(files.memory));
  failPoint('agent.resume.loaded');
}

async function tellOfMigration(client: QmpClient): Promise<void> {
  await client.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
}

function isMigrationOver(data: Record<string, unknown>): boolean {
  return data.status === 'completed' || data.status === 'failed' || data.status === 'cancelled';
}

function migrationFailed(what: string): OperationalError {
  return new OperationalError('hypervisor_failed', 'hypervisor', `The guest's memory could not be ${what}.`);
}
