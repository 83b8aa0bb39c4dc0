/**
 * `node tests/kept/make.ts <name>` writes `<name>.tar.br` and `<name>.json` beside this file: a data folder of this
 * version with work waiting in every step of every kind of task. Never made again for a version that was released.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import pino from 'pino';
import { runAgent } from '../../agent/agent.ts';
import { type Controller, serve } from '../../app/serve.ts';
import type { TaskDefinition, TaskRun } from '../../app/tasks/task.definition.ts';
import { TaskService } from '../../app/tasks/task.service.ts';
import { repository, signIn, until } from '../cloud.ts';
import { hypervisorsOf } from '../faults/process-table.ts';
import { blankCatalog } from './blank-catalog.ts';
import { BLANK_DISK, HOST_NAME, type KeptFolder, ORIGIN, PASSWORD, type WaitingTask } from './waiting-tasks.ts';

const run = promisify(execFile);
const here = join(repository, 'tests', 'kept');
const name = process.argv[2];
if (!name) throw new Error('Usage: node tests/kept/make.ts <name>');

const dataDir = '/tmp/cumulet-kept';
const copy = `${dataDir}-copy`;
const log = pino({ level: 'silent' });

interface Place extends Omit<WaitingTask, 'subject'> {
  /** A cancel goes by it unheard, as by a step that is just not listening. */
  isDeaf?: boolean;
}

/** The next task that comes to this place stays there. */
let hold: (Place & { reached: (subject: string) => void }) | null = null;

holdTasks();
for (const folder of [dataDir, copy]) await rm(folder, { recursive: true, force: true });
await mkdir(dataDir, { mode: 0o700 });
const site = createServer((_request, response) => response.end(BLANK_DISK)).listen(0, '127.0.0.1');
await once(site, 'listening');
const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
const catalog = join(dataDir, 'catalog.json');
const guestBuilder = join(here, 'build-blank.sh');
await writeFile(catalog, JSON.stringify(blankCatalog(origin)));
const controller = await serve({
  dataDir,
  listen: '127.0.0.1:0',
  adminPassword: PASSWORD,
  imageCatalog: catalog,
  guestBuilder,
  log,
});
const agent = await runAgent({
  dataDir,
  hostName: HOST_NAME,
  hypervisor: 'qemu',
  controllerFile: join(dataDir, 'controller.json'),
  secretFile: join(dataDir, 'secrets', 'agent'),
  log,
});
try {
  const kept = await fill(controller);
  for (const { commandLine } of hypervisorsOf(dataDir)) {
    const id = commandLine[commandLine.indexOf('-uuid') + 1] ?? '';
    const isPaused = kept.waiting.some(({ kind, subject }) => kind === 'server.unpause' && subject === id);
    kept.processes[id] = { commandLine: commandLine.slice(0, -1), isPaused };
  }
  await pack(kept);
  console.log(`${kept.waiting.length} tasks wait, ${Object.keys(kept.processes).length} machines ran.`);
} finally {
  await agent.close();
  await controller.close();
  site.close();
  for (const { pid } of hypervisorsOf(dataDir)) process.kill(pid, 'SIGKILL');
  for (const folder of [dataDir, copy]) await rm(folder, { recursive: true, force: true });
}

/** Lets tasks stand still at the chosen place: what is recorded by then is what a killed controller leaves. */
function holdTasks(): void {
  const define = TaskService.prototype.define;
  TaskService.prototype.define = function <A, M>(this: TaskService, definition: TaskDefinition<A, M>) {
    const { kind } = definition;
    const steps = definition.steps.map((step) => ({
      ...step,
      run: async (task: TaskRun<A, M>) => {
        await standAt(kind, step.name, 'before', task);
        const result = await step.run?.(task);
        await standAt(kind, step.name, 'after', task);
        return result;
      },
      ...(step.undo && {
        undo: async (task: TaskRun<A, M>) => {
          await standAt(kind, `undo of ${step.name}`, 'before', task);
          await step.undo?.(task);
        },
      }),
    }));
    define.call(this, { ...definition, steps } as unknown as TaskDefinition<unknown>);
  };
}

async function standAt(
  kind: string,
  step: string,
  place: WaitingTask['place'],
  task: TaskRun<unknown, unknown>,
): Promise<void> {
  if (hold?.kind !== kind || hold.step !== step || hold.place !== place) return;
  const { serverId, imageId } = task.args as { serverId?: string; imageId?: string };
  const { reached, isDeaf } = hold;
  hold = null;
  reached(serverId ?? imageId ?? '');
  const { promise, reject } = Promise.withResolvers<never>();
  for (const signal of isDeaf ? [task.closing] : [task.signal, task.closing])
    signal.addEventListener('abort', () => reject(signal.reason));
  await promise;
}

/** Does `begin` and returns once its task stands at the place. */
async function wait(place: Place, begin: () => Promise<unknown>): Promise<WaitingTask> {
  const { promise, resolve } = Promise.withResolvers<string>();
  hold = { ...place, reached: resolve };
  await begin();
  return { kind: place.kind, step: place.step, place: place.place, subject: await promise };
}

async function fill({ url }: Controller): Promise<KeptFolder> {
  const token = await signIn(url, PASSWORD);
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        'x-auth-token': token,
        'content-type': body instanceof Buffer ? 'application/octet-stream' : 'application/json',
        'openstack-api-version': 'compute 2.90',
      },
      ...(body === undefined ? {} : { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text.startsWith('{') ? JSON.parse(text) : text;
  };
  const { projects } = await call('GET', '/identity/v3/projects?name=admin');
  await call('PUT', `/compute/v2.1/os-quota-sets/${projects[0].id}`, {
    quota_set: { instances: -1, cores: -1, ram: -1 },
  });
  const flavor = { id: 'tiny', name: 'tiny', vcpus: 1, ram: 64, disk: 1 };
  await call('POST', '/compute/v2.1/flavors', { flavor });
  const image = await call('POST', '/image/v2/images', { name: 'blank', disk_format: 'raw', container_format: 'bare' });
  await call('PUT', `/image/v2/images/${image.id}/file`, BLANK_DISK);
  await until('the host to be up', 60, async () => {
    const { hosts } = await call('GET', '/v1/hosts');
    return hosts.some(({ state }: { state: string }) => state === 'up') || undefined;
  });

  // The same machines must find room on whatever computer opens the folder.
  const database = new DatabaseSync(join(dataDir, 'cumulet.db'));
  database.exec('UPDATE scheduler_host SET vcpu_ratio = 100, memory_ratio = 100, disk_ratio = 100');
  database.close();

  let count = 0;
  const launch = async () => {
    const wish = { name: `kept-${++count}`, imageRef: image.id, flavorRef: flavor.id, networks: 'auto' };
    const { server } = await call('POST', '/compute/v2.1/servers', {
      server: { ...wish, config_drive: true, metadata: { kept: 'yes' } },
    });
    return server.id as string;
  };
  const settled = async (id: string, status: string) =>
    until(`${id} to be ${status}`, 60, async () => {
      const { server } = await call('GET', `/compute/v2.1/servers/${id}`);
      if (server.status === 'ERROR') throw new Error(JSON.stringify(server.fault));
      return (server.status === status && server['OS-EXT-STS:task_state'] === null) || undefined;
    });
  const active = async () => {
    const id = await launch();
    await settled(id, 'ACTIVE');
    return id;
  };
  const act = (id: string, action: object) => call('POST', `/compute/v2.1/servers/${id}/action`, action);
  const forceOff = (id: string) => call('POST', `/v1/servers/${id}/power-off`, { graceful: false });

  const idle = await active();
  const waiting: WaitingTask[] = [];
  const before = (kind: string, step: string) => ({ kind, step, place: 'before' as const });
  const after = (kind: string, step: string) => ({ kind, step, place: 'after' as const });

  for (const step of ['schedule', 'ports', 'spawn', 'activate']) {
    waiting.push(await wait(before('server.build', step), launch));
  }
  waiting.push(await wait(after('server.build', 'spawn'), launch));
  for (const place of [...['prepare', 'destroy', 'release'].map((step) => before('server.delete', step))]) {
    const id = await active();
    waiting.push(await wait(place, () => call('DELETE', `/compute/v2.1/servers/${id}`)));
  }
  const doomed = await active();
  waiting.push(await wait(after('server.delete', 'destroy'), () => call('DELETE', `/compute/v2.1/servers/${doomed}`)));

  const powers: [string, (id: string) => Promise<unknown>, ((id: string) => Promise<unknown>)?][] = [
    ['start', (id) => act(id, { 'os-start': null }), async (id) => [await forceOff(id), await settled(id, 'SHUTOFF')]],
    ['stop', forceOff],
    ['reboot', (id) => act(id, { reboot: { type: 'HARD' } })],
    ['pause', (id) => act(id, { pause: null })],
    [
      'unpause',
      (id) => act(id, { unpause: null }),
      async (id) => [await act(id, { pause: null }), await settled(id, 'PAUSED')],
    ],
    ['suspend', (id) => act(id, { suspend: null })],
    [
      'resume',
      (id) => act(id, { resume: null }),
      async (id) => [await act(id, { suspend: null }), await settled(id, 'SUSPENDED')],
    ],
  ];
  for (const [verb, order, prepare] of powers) {
    const id = await active();
    await prepare?.(id);
    waiting.push(await wait(before(`server.${verb}`, verb), () => order(id)));
  }

  const entries = ['download', 'verify', 'store', 'activate'];
  for (const step of entries) {
    const path = `/v1/image-catalog/import-${step}/import`;
    waiting.push(await wait(before('image.import', step), () => call('POST', path, {})));
  }
  for (const step of ['build', ...entries.slice(1)]) {
    const path = `/v1/image-catalog/build-${step}/import`;
    waiting.push(await wait(before('image.build', step), () => call('POST', path, {})));
  }

  // A build is cancelled while its machine starts, and the controller ends while the ports are being taken back.
  const { subject: undoing } = await wait(before('server.build', 'spawn'), launch);
  await wait(before('server.build', 'undo of ports'), async () => {
    const { tasks } = await call('GET', `/v1/tasks?state=active&subjectId=${undoing}`);
    await call('POST', `/v1/tasks/${tasks[0].id}/cancel`, {});
  });

  const queued = await active();
  await wait({ ...before('server.reboot', 'reboot'), isDeaf: true }, () => act(queued, { reboot: { type: 'HARD' } }));
  await call('DELETE', `/compute/v2.1/servers/${queued}`);

  const { stdout: commit } = await run('git', ['rev-parse', '--short', 'HEAD'], { cwd: repository });
  const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  return {
    ...{ version, commit: commit.trim(), dataDir, hostName: HOST_NAME, origin: ORIGIN },
    ...{ waiting, idle, undoing, queued, processes: {} },
  };
}

/** As controller and agent would leave it if both were killed now, without what the next start makes itself. */
async function pack(kept: KeptFolder): Promise<void> {
  await run('cp', ['-a', dataDir, copy]);
  const left = ['logs', 'catalog.json', 'controller.json', 'controller.lock', 'agent/run', 'agent/accelerator.json'];
  for (const path of [...left, 'cumulet.db', 'cumulet.db-wal', 'cumulet.db-shm']) {
    await rm(join(copy, path), { recursive: true, force: true });
  }
  const live = new DatabaseSync(join(dataDir, 'cumulet.db'));
  live.prepare('VACUUM INTO ?').run(join(copy, 'cumulet.db'));
  live.close();
  const database = new DatabaseSync(join(copy, 'cumulet.db'));
  database.prepare('UPDATE task SET args = replace(args, ?, ?)').run(origin, ORIGIN);
  database.close();
  const options = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--sparse'];
  const tar = await run('tar', [...options, '-cf', '-', '-C', copy, '.'], { encoding: 'buffer', maxBuffer: 1024 ** 3 });
  const packed = brotliCompressSync(tar.stdout, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
  await writeFile(join(here, `${name}.tar.br`), packed);
  await writeFile(join(here, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`);
  console.log(`${packed.length} bytes`);
}
