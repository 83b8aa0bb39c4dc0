import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Unclaimed } from '../../app/contract/unclaimed.ts';
import { repository, until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { hypervisorsOf } from './process-table.ts';

const run = promisify(execFile);

let cloud: FaultCloud;

beforeAll(async () => {
  cloud = await FaultCloud.create();
});

afterAll(async () => {
  await cloud?.destroy();
});

/** `cumulet`, as an administrator types it on that computer. */
async function cumulet(...args: string[]): Promise<string> {
  const program = join(repository, 'bin', 'cumulet.mjs');
  const { stdout } = await run(process.execPath, [program, ...args, '--data-dir', cloud.dataDir]);
  return stdout;
}

async function listed(): Promise<Unclaimed[]> {
  return JSON.parse(await cumulet('unclaimed', 'list', '--json')).unclaimed;
}

const pidOf = (id: string) =>
  hypervisorsOf(cloud.dataDir).find(({ commandLine }) => commandLine.includes(id))?.pid ?? 0;

/** Puts `cumulet.db` back as it was before the machines were made, while their host goes on. */
async function restoreDatabase(copy: string): Promise<void> {
  await cloud.controller?.kill('SIGTERM');
  const file = join(cloud.dataDir, 'cumulet.db');
  for (const part of ['-wal', '-shm']) await rm(file + part, { force: true });
  await copyFile(copy, file);
  await cloud.startController();
}

test('an older database is said, and its machines run on, are listed, adopted and removed by name', async () => {
  await cloud.startController();
  await cloud.startAgent();
  const image = await cloud.uploadGuest();
  await cloud.controller?.kill('SIGTERM');
  const copy = join(cloud.dataDir, 'yesterday.copy');
  await copyFile(join(cloud.dataDir, 'cumulet.db'), copy);
  await cloud.startController();
  await cloud.hostIsUp();
  const [kept, doomed] = await Promise.all([
    cloud.launch(image, { name: 'kept' }),
    cloud.launch(image, { name: 'doomed' }),
  ]);
  await cloud.serverIn(kept, 'ACTIVE');
  await cloud.serverIn(doomed, 'ACTIVE');
  const before = { pid: pidOf(kept), addresses: (await cloud.server(kept)).addresses };
  const strange = join(cloud.hostDir, 'agent', 'machines', 'notes of somebody');
  await mkdir(strange);
  await writeFile(join(strange, 'note.txt'), 'mine');

  await restoreDatabase(copy);
  await cloud.hostIsUp();
  expect((await cloud.request('GET', '/compute/v2.1/servers')).body.servers).toEqual([]);
  await until('the machines to be listed', 60, async () => ((await listed()).length >= 3 ? true : undefined));
  const things = await listed();
  expect(things.map(({ kind, name }) => [kind, name]).sort()).toEqual([
    ['machine', 'doomed'],
    ['machine', 'kept'],
    ['machine-folder', 'notes of somebody'],
  ]);
  expect((await cloud.request('GET', '/v1/unclaimed')).body.staleDatabase).toMatchObject({ kind: 'older' });
  expect(await cumulet('unclaimed', 'list')).toMatch(/^The database is older than the data folder/);

  const idOf = (name: string) => things.find((thing) => thing.name === name)?.id ?? '';
  expect(await cumulet('unclaimed', 'adopt', idOf('kept'), '--project', 'admin')).toContain(`server ${kept}`);
  await expect(cumulet('unclaimed', 'remove', idOf('doomed'), '--name', 'kept')).rejects.toThrow(/is called doomed/);
  await cumulet('unclaimed', 'remove', idOf('doomed'), '--name', 'doomed');
  cloud.ledger.gone('server', doomed);

  const server = await cloud.serverIn(kept, 'ACTIVE');
  expect(server).toMatchObject({ name: 'kept', addresses: before.addresses });
  await until('the machine to be removed', 60, async () => ((await listed()).length === 1 ? true : undefined));
  expect(pidOf(doomed)).toBe(0);
  expect(pidOf(kept)).toBe(before.pid);
  await cloud.openConsole(kept);

  // It is a server as any other: it is switched off and on again.
  expect((await cloud.act(kept, { 'os-stop': null })).status).toBe(202);
  await cloud.serverIn(kept, 'SHUTOFF');
  expect((await cloud.act(kept, { 'os-start': null })).status).toBe(202);
  await cloud.serverIn(kept, 'ACTIVE');

  expect(await listed()).toMatchObject([{ name: 'notes of somebody', canAdopt: false }]);
  await cumulet('unclaimed', 'remove', idOf('notes of somebody'), '--name', 'notes of somebody');
  await until('nothing to be unclaimed', 60, async () => ((await listed()).length === 0 ? true : undefined));
  expect(await cumulet('unclaimed', 'list')).toContain('Nothing is unclaimed.');
  expect(await cloud.violations()).toEqual([]);
});
