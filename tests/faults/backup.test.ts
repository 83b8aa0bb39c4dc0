import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../cloud.ts';
import { CumuletProcess } from './cumulet-process.ts';
import { FaultCloud } from './fault-cloud.ts';

const PASSPHRASE = { CUMULET_BACKUP_PASSPHRASE: 'a passphrase of the test' };

let cloud: FaultCloud;
let restored: FaultCloud | undefined;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-'));
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent({ hostName: 'before' });
});

afterAll(async () => {
  await cloud?.destroy();
  await restored?.destroy();
  await rm(folder, { recursive: true, force: true });
});

async function run(args: string[], env: Record<string, string> = PASSPHRASE): Promise<string> {
  const command = CumuletProcess.start(args, env);
  const { code } = await command.endsWithin(120);
  if (code !== 0) throw new Error(command.output);
  return command.output;
}

/** Changes without end, as people make them. Answers how many there were. */
function keepChanging(): { stop: () => Promise<number> } {
  let count = 0;
  let isOver = false;
  const changing = (async () => {
    for (; !isOver; count++) {
      await addKey('come-and-go');
      const { status } = await cloud.request('DELETE', '/compute/v2.1/os-keypairs/come-and-go');
      if (status !== 202) throw new Error(`Key: ${status}`);
    }
  })();
  changing.catch(() => undefined);
  return {
    stop: async () => {
      isOver = true;
      await changing;
      return count;
    },
  };
}

async function addKey(name: string): Promise<string> {
  const { status, body } = await cloud.request('POST', '/compute/v2.1/os-keypairs', { keypair: { name } });
  if (status !== 200) throw new Error(`Key: ${status}`);
  return body.keypair.fingerprint;
}

test('a running cloud is backed up through a kill, and goes on in another folder under another name', async () => {
  const image = await cloud.uploadGuest();
  await cloud.uploadGuest('the same again');
  const [off, running] = await Promise.all([cloud.launch(image), cloud.launch(image, { name: 'runs on' })]);
  await Promise.all([cloud.serverIn(off, 'ACTIVE'), cloud.serverIn(running, 'ACTIVE')]);
  await cloud.request('POST', `/v1/servers/${off}/power-off`, { graceful: false });
  // It need not do anything to be one that runs.
  await cloud.act(running, { pause: null });
  await Promise.all([cloud.serverIn(off, 'SHUTOFF'), cloud.serverIn(running, 'PAUSED')]);

  const fingerprint = await addKey('early');
  const changes = keepChanging();
  const file = join(folder, 'cloud.tar');
  const backup = ['backup', file, '--data-dir', cloud.dataDir];
  const broken = CumuletProcess.start(backup, PASSPHRASE);
  await broken.printed(/^Backing up: [6-9]0 %/);
  await broken.kill('SIGKILL');
  expect(existsSync(file)).toBe(false);
  const said = await run(backup);
  expect(said).toMatch(/^Went on behind the \S+ MiB of an earlier try\.$/m);
  expect(said).toContain(`the disk of runs on (${running}): it runs`);
  expect(await readdir(join(cloud.dataDir, 'backups'))).toEqual(['last.json']);
  expect(await changes.stop()).toBeGreaterThan(1);

  expect(await run(['backup', '--verify', file])).toContain('is whole');
  await expect(run(['backup', '--verify', file], {})).rejects.toThrow('no passphrase was given');

  await cloud.controller?.kill();
  await cloud.agent?.kill();
  const place = await mkdtemp(join(tmpdir(), 'cumulet-'));
  await run(['restore', file, '--data-dir', place]);
  restored = new FaultCloud(place);
  await restored.startController();
  await restored.startAgent({ hostName: 'after' });

  // Who was signed in is so no longer.
  const old = await restored.request('GET', '/v1/hosts', undefined, { 'x-auth-token': cloud.token });
  expect(old.status).toBe(401);
  restored.ledger.there('keypair', 'early', { fingerprint });
  expect(await restored.server(running)).toMatchObject({
    status: 'ERROR',
    fault: { message: expect.stringContaining('Its disk is not in the backup') },
  });
  restored.ledger.there('image', image, { status: 'active' });
  restored.ledger.there('server', off, { 'OS-EXT-SRV-ATTR:host': 'after' });

  const before = await bootsOf(off);
  expect((await restored.act(off, { 'os-start': null })).status).toBe(202);
  await restored.serverIn(off, 'ACTIVE');
  await until('the guest to boot', 90, async () => ((await bootsOf(off)) > before ? true : undefined));
  await restored.deleteServer(running);
  await restored.serverGone(running);
  expect(await restored.violations()).toEqual([]);
});

/** By the log of its serial line, which moved with it. */
async function bootsOf(id: string): Promise<number> {
  const answer = await restored?.act(id, { 'os-getConsoleOutput': { length: null } });
  return String(answer?.body.output).split('cumulet-linux ready').length - 1;
}
