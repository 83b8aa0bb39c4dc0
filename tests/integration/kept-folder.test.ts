import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningAgent, runAgent } from '../../agent/agent.ts';
import { repository, startCloud, type TestCloud, until } from '../cloud.ts';
import { findViolations } from '../faults/invariants/invariants.ts';
import { Ledger } from '../faults/invariants/ledger.ts';
import { hypervisorsOf } from '../faults/process-table.ts';
import { blankCatalog } from '../kept/blank-catalog.ts';
import { keptNames, readKept, startKeptMachines, unpackKept } from '../kept/open-folder.ts';
import { BLANK_DISK, type KeptFolder, type WaitingTask } from '../kept/waiting-tasks.ts';

/** What must be true of a server when its task has ended; `event` was told once by then, and only once. */
const AFTER: Record<string, { status: string | null; event: string; isOn: boolean }> = {
  'server.build': { status: 'ACTIVE', event: 'create.end', isOn: true },
  'server.delete': { status: null, event: 'delete.end', isOn: false },
  'server.start': { status: 'ACTIVE', event: 'power_on.end', isOn: true },
  'server.stop': { status: 'SHUTOFF', event: 'power_off.end', isOn: false },
  'server.reboot': { status: 'ACTIVE', event: 'reboot.end', isOn: true },
  'server.pause': { status: 'PAUSED', event: 'pause.end', isOn: true },
  'server.unpause': { status: 'ACTIVE', event: 'unpause.end', isOn: true },
  'server.suspend': { status: 'SUSPENDED', event: 'suspend.end', isOn: false },
  'server.resume': { status: 'ACTIVE', event: 'resume.end', isOn: true },
};
/** Steps that raise the number of the machine's orders, so that it tells how often they ran. */
const RAISING = ['server.build ports', 'server.delete prepare'];
/** Machines that are only looked at, or told to go on, keep their process. */
const KEEPS_PROCESS = ['server.pause', 'server.unpause'];

describe.each(await keptNames())('the data folder %s', (name) => {
  let kept: KeptFolder;
  let site: Server;
  const fetched: string[] = [];
  let cloud: TestCloud;
  let agent: RunningAgent;
  let dataDir: string;
  let processes: Map<string, number>;
  let builtBefore: number;
  let generations: Map<string, number>;

  beforeAll(async () => {
    kept = await readKept(name);
    site = createServer((request, response) => {
      fetched.push(request.url ?? '');
      response.end(BLANK_DISK);
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    dataDir = await unpackKept(name, kept, origin);
    const catalog = join(dataDir, 'catalog.json');
    await writeFile(catalog, JSON.stringify(blankCatalog(origin)));
    builtBefore = timesBuilt();
    generations = readGenerations();
    processes = await startKeptMachines(kept, dataDir);
    cloud = await startCloud({
      dataDir,
      hypervisor: 'none',
      imageCatalog: catalog,
      guestBuilder: join(repository, 'tests', 'kept', 'build-blank.sh'),
    });
    agent = await runAgent({
      dataDir,
      hostName: kept.hostName,
      hypervisor: 'qemu',
      controllerFile: join(dataDir, 'controller.json'),
      secretFile: join(dataDir, 'secrets', 'agent'),
      log: pino({ level: process.env.CUMULET_TEST_LOG ?? 'silent' }),
    });
  });

  afterAll(async () => {
    await agent?.close();
    for (const { pid } of dataDir ? hypervisorsOf(dataDir) : []) process.kill(pid, 'SIGKILL');
    await cloud?.close();
    site?.close();
  });

  function timesBuilt(): number {
    return readFileSync(join(dataDir, 'guest', 'times'), 'utf8')
      .trim()
      .split('\n').length;
  }

  /** The number of the last order to each machine, deleted ones too. */
  function readGenerations(): Map<string, number> {
    const database = new DatabaseSync(join(dataDir, 'cumulet.db'));
    try {
      const rows = database.prepare('SELECT id, generation FROM compute_server').all();
      return new Map(rows.map(({ id, generation }) => [String(id), Number(generation)]));
    } finally {
      database.close();
    }
  }

  async function tasksOf(subject: string, state: 'active' | 'finished'): Promise<any[]> {
    return (await cloud.request('GET', `/v1/tasks?state=${state}&subjectId=${subject}`)).body.tasks;
  }

  /** The last task of a subject, once none is left that goes on. */
  async function ended(subject: string): Promise<any> {
    return await until(`the work on ${subject} to end`, 120, async () => {
      if ((await tasksOf(subject, 'active')).length > 0) return undefined;
      return (await tasksOf(subject, 'finished'))[0];
    });
  }

  async function timesTold(subject: string, type: string): Promise<number> {
    const { body } = await cloud.request('GET', `/v1/event-log?resourceId=${subject}&limit=1000`);
    return body.events.filter((event: { type: string }) => event.type === type).length;
  }

  async function show(id: string): Promise<any> {
    const headers = { 'openstack-api-version': 'compute 2.90' };
    const { status, body } = await cloud.request('GET', `/compute/v2.1/servers/${id}`, undefined, headers);
    return status === 404 ? null : body.server;
  }

  async function portsOf(id: string): Promise<any[]> {
    return (await cloud.request('GET', `/network/v2.0/ports?device_id=${id}`)).body.ports;
  }

  const processOf = (id: string) => hypervisorsOf(dataDir).filter(({ commandLine }) => commandLine.includes(id));
  const stateOf = (task: any) => ({
    state: task.state,
    steps: task.steps.map((step: any) => step.state),
    error: task.error,
  });

  test('has work waiting in every step of every kind of task', () => {
    const covered = new Set(kept.waiting.map(({ kind, step }) => `${kind}.${step}`));
    expect(covered.size).toBeGreaterThanOrEqual(22);
  });

  test('a machine without work is adopted as it runs, and can be stopped, started and deleted', async () => {
    const { idle } = kept;
    expect(await show(idle)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
    expect(processOf(idle).map(({ pid }) => pid)).toEqual([processes.get(idle)]);

    await cloud.request('POST', `/v1/servers/${idle}/power-off`, { graceful: false });
    expect(await ended(idle)).toMatchObject({ kind: 'server.stop', state: 'succeeded' });
    expect(processOf(idle)).toEqual([]);
    await cloud.request('POST', `/compute/v2.1/servers/${idle}/action`, { 'os-start': null });
    expect(await ended(idle)).toMatchObject({ kind: 'server.start', state: 'succeeded' });
    expect(processOf(idle)).toHaveLength(1);
    await cloud.request('DELETE', `/compute/v2.1/servers/${idle}`);
    expect(await ended(idle)).toMatchObject({ kind: 'server.delete', state: 'succeeded' });
    expect(processOf(idle)).toEqual([]);
  });

  test('work on machines that waited comes to its end, each step once', async () => {
    for (const waiting of kept.waiting.filter(({ kind }) => kind.startsWith('server.'))) {
      const { kind, subject } = waiting;
      const after = AFTER[kind]!;
      const task = await ended(subject);
      const said = `${kind} that waited ${waiting.place} ${waiting.step}`;
      expect(stateOf(task), said).toMatchObject({ state: 'succeeded', error: null });
      expect(new Set(stateOf(task).steps), said).toEqual(new Set(['done']));
      expect((await show(subject))?.status ?? null, said).toBe(after.status);
      expect(await timesTold(subject, `compute.instance.${after.event}`), said).toBe(1);
      expect(await portsOf(subject), said).toHaveLength(after.status === null ? 0 : 1);
      expect(processOf(subject), said).toHaveLength(after.isOn ? 1 : 0);
      expect((readGenerations().get(subject) ?? 0) - (generations.get(subject) ?? 0), said).toBe(raises(waiting));
      const isSame = KEEPS_PROCESS.includes(kind) || (kind === 'server.build' && processes.has(subject));
      if (isSame) expect(processOf(subject)[0]?.pid, said).toBe(processes.get(subject));
    }
  });

  /** How many of the steps still to come raise the number. */
  function raises({ kind, step }: WaitingTask): number {
    const steps = ['schedule', 'ports', 'spawn', 'activate', 'prepare', 'destroy', 'release'];
    return RAISING.filter((raising) => {
      const [of = '', at = ''] = raising.split(' ');
      return of === kind && steps.indexOf(step) <= steps.indexOf(at);
    }).length;
  }

  test('a build that was being taken back is taken back', async () => {
    const task = await ended(kept.undoing);
    expect(task).toMatchObject({ kind: 'server.build', state: 'cancelled', error: { code: 'aborted' } });
    expect(stateOf(task).steps).toEqual(['undone', 'undone', 'failed', 'pending']);
    expect(await show(kept.undoing)).toBeNull();
    expect(await portsOf(kept.undoing)).toEqual([]);
    expect(processOf(kept.undoing)).toEqual([]);
  });

  test('a wish to stop is remembered, and what waited behind it is done', async () => {
    expect(await ended(kept.queued)).toMatchObject({ kind: 'server.delete', state: 'succeeded' });
    const [, before] = await tasksOf(kept.queued, 'finished');
    expect(before).toMatchObject({ kind: 'server.reboot', state: 'cancelled', abortRequested: true });
    expect(await show(kept.queued)).toBeNull();
    expect(await timesTold(kept.queued, 'compute.instance.delete.end')).toBe(1);
  });

  test('images on their way arrive, and nothing is fetched or built twice', async () => {
    for (const waiting of kept.waiting.filter(({ kind }) => kind.startsWith('image.'))) {
      const { kind, step, subject } = waiting;
      const task = await ended(subject);
      const said = `${kind} that waited ${waiting.place} ${step}`;
      expect(stateOf(task), said).toEqual({ state: 'succeeded', steps: task.steps.map(() => 'done'), error: null });
      const { body: image } = await cloud.request('GET', `/image/v2/images/${subject}`);
      expect(image, said).toMatchObject({ status: 'active', os_hash_algo: 'sha512' });
      expect(await timesTold(subject, 'image.activate'), said).toBe(1);
      const bytes = await fetch(`${cloud.url}/image/v2/images/${subject}/file`, {
        headers: { 'x-auth-token': cloud.token },
      });
      expect((await bytes.arrayBuffer()).byteLength, said).toBe(image.size);
    }
    expect(fetched).toEqual(['/download.raw']);
    expect(timesBuilt() - builtBefore).toBe(1);
  });

  test('in the end all can be deleted and nothing is left', async () => {
    const { body } = await cloud.request('GET', '/compute/v2.1/servers?all_tenants=1');
    for (const { id } of body.servers) await cloud.request('DELETE', `/compute/v2.1/servers/${id}`);
    const ledger = new Ledger();
    for (const { id } of body.servers) {
      expect(await ended(id)).toMatchObject({ state: 'succeeded' });
      ledger.gone('server', id);
    }
    const ask = (method: string, path: string) => cloud.request(method, path);
    const places = { dataDir, hostDir: dataDir, hypervisor: 'qemu' as const };
    expect(await findViolations({ ...places, ask, ledger, processes: [] })).toEqual([]);
  });
});
