import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { OperationalError } from '../../contract/errors.ts';
import { contextOf, TestCloud } from '../testing/test-cloud.ts';
import { ASKED_TO_FORCE_OFF, askedToShutDown, stop } from './stop.verb.ts';

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.stop());

const action = (id: string, body: unknown, options = {}) =>
  cloud.request('POST', `/servers/${id}/action`, body, options);

test('every verb leads from state to state and is written down', async () => {
  const id = await cloud.launchActive();
  const steps: [body: object, status: string, power: number][] = [
    [{ 'os-stop': null }, 'SHUTOFF', 4],
    [{ 'os-start': null }, 'ACTIVE', 1],
    [{ pause: null }, 'PAUSED', 3],
    [{ unpause: null }, 'ACTIVE', 1],
    [{ suspend: null }, 'SUSPENDED', 7],
    [{ resume: null }, 'ACTIVE', 1],
    [{ reboot: { type: 'SOFT' } }, 'ACTIVE', 1],
    [{ reboot: { type: 'HARD' } }, 'ACTIVE', 1],
  ];
  for (const [body, status, power] of steps) {
    const answer = await action(id, body);
    expect([answer.status, answer.body]).toEqual([202, undefined]);
    await cloud.idle(id);
    const server = await cloud.show(id);
    expect([server.status, server['OS-EXT-STS:power_state'], server['OS-EXT-STS:task_state']]).toEqual([
      status,
      power,
      null,
    ]);
  }
  const verbs = ['spawn', 'stop', 'start', 'pause', 'unpause', 'suspend', 'resume', 'reboot', 'reboot'];
  expect(cloud.agent.orders.map(({ verb }) => verb)).toEqual(verbs);
  const generations = cloud.agent.orders.map(({ generation }) => generation);
  expect(generations).toEqual([...new Set(generations)].sort((a, b) => a - b));
  const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  expect(body.instanceActions.map((entry: { action: string }) => entry.action)).toEqual(
    ['create', 'stop', 'start', 'pause', 'unpause', 'suspend', 'resume', 'reboot', 'reboot'].reverse(),
  );
  const stop = cloud.agent.orders.find(({ verb }) => verb === 'stop');
  expect(stop?.args).toMatchObject({ graceful: true, timeoutSeconds: 60, force: true });
  expect((await cloud.eventTypes(id)).slice(2, 6)).toEqual([
    'compute.instance.power_off.start',
    'compute.instance.power_off.end',
    'compute.instance.power_on.start',
    'compute.instance.power_on.end',
  ]);
});

test('what changed before a time is told by that time as it is shown', async () => {
  const id = await cloud.launchActive();
  await action(id, { 'os-stop': null });
  await cloud.idle(id);
  const list = async (query = '') => {
    const path = `/servers/${id}/os-instance-actions${query}`;
    return (await cloud.request('GET', path, undefined, { version: '2.66' })).body.instanceActions;
  };
  // Milliseconds are stored and not shown.
  for (const [name, at] of [
    ['create', '2026-01-20T10:00:00.750Z'],
    ['stop', '2026-01-20T10:00:01.000Z'],
  ] as const) {
    await cloud.database.transaction(async (trx) => {
      await trx
        .updateTable('compute_server_action')
        .set({ updated_at: at })
        .where('server_id', '=', id)
        .where('action', '=', name)
        .execute();
    });
  }
  const names = async (query: string) => (await list(query)).map((entry: { action: string }) => entry.action);
  const [stop, create] = await list();
  expect(await names(`?changes-before=${create.updated_at}`)).toEqual(['create']);
  expect(await names(`?changes-before=${stop.updated_at}`)).toEqual(['stop', 'create']);
  expect(await names('?changes-before=2026-01-20T09:59:59')).toEqual([]);
  expect(await names(`?changes-since=${stop.updated_at}&changes-before=${stop.updated_at}`)).toEqual(['stop']);
  const refused = await cloud.request('GET', `/servers/${id}/os-instance-actions?changes-before=soon`, undefined, {
    version: '2.66',
  });
  expect([refused.status, refused.body.badRequest.message]).toEqual([400, expect.stringContaining('changes-before')]);
});

describe('what is not allowed now is a 409 in the words of Nova', () => {
  const cases: [name: string, body: object, before: object | null, message: (id: string) => string][] = [
    ['start', { 'os-start': null }, null, (id) => `Cannot 'start' instance ${id} while it is in vm_state active`],
    ['unpause', { unpause: null }, null, (id) => `Cannot 'unpause' instance ${id} while it is in vm_state active`],
    ['resume', { resume: null }, null, (id) => `Cannot 'resume' instance ${id} while it is in vm_state active`],
    [
      'pause',
      { pause: null },
      { 'os-stop': null },
      (id) => `Cannot 'pause' instance ${id} while it is in vm_state stopped`,
    ],
    [
      'stop',
      { 'os-stop': null },
      { 'os-stop': null },
      (id) => `Cannot 'stop' instance ${id} while it is in vm_state stopped`,
    ],
    [
      'reboot',
      { reboot: { type: 'SOFT' } },
      { 'os-stop': null },
      (id) => `Cannot 'reboot' instance ${id} while it is in vm_state stopped`,
    ],
  ];
  test.each(cases)('%s', async (_name, body, before, message) => {
    const id = await cloud.launchActive();
    if (before) await action(id, before);
    await cloud.idle(id);
    const answer = await action(id, body);
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({ conflictingRequest: { code: 409, message: message(id) } });
  });

  test('while something else goes on', async () => {
    const id = await cloud.launchActive();
    const held = cloud.agent.hold('stop');
    await action(id, { 'os-stop': null });
    await held.arrived;
    const answer = await action(id, { pause: null });
    expect(answer.body.conflictingRequest.message).toBe(
      `Cannot 'pause' instance ${id} while it is in task_state powering-off`,
    );
    held.release();
  });
});

test('unknown actions and bad bodies are refused by name', async () => {
  const id = await cloud.launchActive();
  expect((await action(id, { migrate: null })).body.badRequest.message).toContain('migrate');
  expect((await action(id, { constructor: null })).status).toBe(400);
  expect((await action(id, {})).status).toBe(400);
  expect((await action(id, { pause: null, unpause: null })).status).toBe(400);
  expect((await action(id, { reboot: { type: 'GENTLE' } })).body.badRequest.message).toContain('reboot.type');
  // Removed in 2.6, where remote-consoles took its place.
  const console = { 'os-getVNCConsole': { type: 'novnc' } };
  expect((await action(id, console)).body.console.type).toBe('novnc');
  expect((await action(id, console, { version: '2.6' })).status).toBe(404);
});

test('a crash dump is sent once at a time, and the server stays what it is', async () => {
  const id = await cloud.launchActive();
  const dump = (version: string, value: unknown = null) => action(id, { trigger_crash_dump: value }, { version });
  expect((await dump('2.16')).status).toBe(400);
  expect((await dump('2.17', {})).body.badRequest.message).toContain('trigger_crash_dump');
  expect((await action(id, { trigger_crash_dump: null }, { version: '2.17', who: 'reader' })).status).toBe(403);
  await action(id, { pause: null });
  await cloud.idle(id);
  expect((await dump('2.17')).status).toBe(202);
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'PAUSED', 'OS-EXT-STS:task_state': null });
  expect(cloud.agent.orders.at(-1)).toMatchObject({ id, verb: 'trigger_crash_dump' });
  // It says nothing of its own meanwhile, and cannot be piled up.
  const sent = cloud.agent.hold('trigger_crash_dump');
  expect((await dump('2.17')).status).toBe(202);
  await sent.arrived;
  expect((await cloud.show(id))['OS-EXT-STS:task_state']).toBe(null);
  expect((await dump('2.17')).body.conflictingRequest.message).toContain('while the one before is on its way');
  sent.release();
  await cloud.idle(id);
  const held = cloud.agent.hold('stop');
  await action(id, { unpause: null });
  await cloud.idle(id);
  await action(id, { 'os-stop': null });
  await held.arrived;
  expect((await dump('2.17')).body.conflictingRequest.message).toBe(
    `Cannot 'trigger_crash_dump' instance ${id} while it is in task_state powering-off`,
  );
  held.release();
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'SHUTOFF', 'OS-EXT-STS:task_state': null });
  const refused = await dump('2.17');
  expect([refused.status, refused.body.conflictingRequest.message]).toEqual([
    409,
    `Cannot 'trigger_crash_dump' instance ${id} while it is in vm_state stopped`,
  ]);
  const { body } = await cloud.request('GET', `/servers/${id}/os-instance-actions`);
  const asked = body.instanceActions.find((entry: { action: string }) => entry.action === 'trigger_crash_dump');
  const one = await cloud.request('GET', `/servers/${id}/os-instance-actions/${asked.request_id}`, undefined, {
    version: '2.51',
  });
  expect(one.body.instanceAction.events).toMatchObject([{ event: 'compute_trigger_crash_dump' }]);
  expect(await cloud.eventTypes(id)).toContain('compute.instance.trigger_crash_dump.end');
});

test('what Xen alone had is gone, and what libvirt passes over is accepted', async () => {
  const id = await cloud.launchActive();
  expect((await action(id, { resetNetwork: null }, { who: 'admin' })).status).toBe(410);
  expect((await action(id, { injectNetworkInfo: null })).status).toBe(403);
  expect((await action(id, { injectNetworkInfo: null }, { who: 'admin' })).status).toBe(202);
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
});

test('force off takes the place of a gentle stop that waits', async () => {
  const id = await cloud.launchActive();
  const held = cloud.agent.hold('stop');
  await action(id, { 'os-stop': null });
  await held.arrived;
  const member = contextOf('member');
  if (!member) throw new Error('no such user');
  await cloud.compute.verbs.order(member, id, stop, ASKED_TO_FORCE_OFF);
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'SHUTOFF', 'OS-EXT-STS:task_state': null });
  expect(cloud.agent.orders.at(-1)?.args).toMatchObject({ graceful: false, force: true });
});

test('a guest that does not obey runs on, and the task says so', async () => {
  const id = await cloud.launchActive();
  cloud.agent.failNext('stop', new OperationalError('timeout', 'agent', 'The guest did not shut down.'));
  const member = contextOf('member');
  if (!member) throw new Error('no such user');
  const { id: taskId } = await cloud.compute.verbs.order(
    member,
    id,
    stop,
    askedToShutDown({ timeoutSeconds: 5, force: false }),
  );
  await cloud.idle(id);
  expect(await cloud.tasks.find(taskId)).toMatchObject({ state: 'failed', error: { code: 'timeout' } });
  expect(await cloud.show(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
});

test('a start that fails leaves the machine off with the reason', async () => {
  const id = await cloud.launchActive();
  await action(id, { 'os-stop': null });
  await cloud.idle(id);
  cloud.agent.failNext('start', new OperationalError('hypervisor_failed', 'hypervisor', 'No memory left.'));
  await action(id, { 'os-start': null });
  await cloud.idle(id);
  expect(await cloud.show(id)).toMatchObject({ status: 'SHUTOFF', fault: { message: 'No memory left.' } });
});

test('locks hold for everybody but administrators', async () => {
  const id = await cloud.launchActive();
  await action(id, { lock: { locked_reason: 'do not touch' } }, { version: '2.73' });
  expect(await cloud.show(id)).toMatchObject({ locked: true, locked_reason: 'do not touch' });
  expect((await action(id, { 'os-stop': null })).body.conflictingRequest.message).toContain(`Instance ${id} is locked`);
  expect((await cloud.request('DELETE', `/servers/${id}`)).status).toBe(409);
  expect((await action(id, { 'os-stop': null }, { who: 'admin' })).status).toBe(202);
  await cloud.idle(id);
  expect((await action(id, { unlock: null })).status).toBe(202);
  expect((await action(id, { 'os-start': null })).status).toBe(202);
  await cloud.idle(id);
});

test('what is asked for twice within a millisecond is done twice', async () => {
  const id = await cloud.launchActive();
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  for (const state of ['error', 'error'])
    expect((await action(id, { 'os-resetState': { state } }, { who: 'admin' })).status).toBe(202);
});

test('rights: readers act on nothing, other projects see nothing, reset is for administrators', async () => {
  const id = await cloud.launchActive();
  expect((await action(id, { 'os-stop': null }, { who: 'reader' })).status).toBe(403);
  expect((await action(id, { 'os-stop': null }, { who: 'other' })).status).toBe(404);
  expect((await action(id, { 'os-stop': null }, { who: null })).status).toBe(401);
  expect((await action(id, { 'os-resetState': { state: 'error' } })).status).toBe(403);
  expect((await action(id, { 'os-resetState': { state: 'error' } }, { who: 'admin' })).status).toBe(202);
  expect((await cloud.show(id)).status).toBe('ERROR');
  await action(id, { reboot: { type: 'HARD' } });
  await cloud.idle(id);
  expect((await cloud.show(id)).status).toBe('ACTIVE');
});

test('console output and links', async () => {
  const id = await cloud.launchActive();
  expect((await action(id, { 'os-getConsoleOutput': { length: 5 } })).body).toEqual({ output: `log of ${id}, 5\n` });
  expect((await action(id, { 'os-getConsoleOutput': {} })).body.output).toContain('null');
  const link = { remote_console: { protocol: 'serial', type: 'serial' } };
  const answer = await cloud.request('POST', `/servers/${id}/remote-consoles`, link, { version: '2.8' });
  expect(answer.body.remote_console).toMatchObject({ protocol: 'serial', type: 'serial' });
  expect((await cloud.request('POST', `/servers/${id}/remote-consoles`, link)).status).toBe(404);
  const wrong = { remote_console: { protocol: 'vnc', type: 'serial' } };
  expect((await cloud.request('POST', `/servers/${id}/remote-consoles`, wrong, { version: '2.8' })).status).toBe(400);
});

test('a link to a screen by SPICE', async () => {
  const id = await cloud.launchActive();
  const link = { remote_console: { protocol: 'spice', type: 'spice-html5' } };
  const url = expect.stringMatching(/\/console\/spice\?token=/);
  const answer = await cloud.request('POST', `/servers/${id}/remote-consoles`, link, { version: '2.8' });
  expect(answer.body.remote_console).toEqual({ ...link.remote_console, url });
  const old = { 'os-getSPICEConsole': { type: 'spice-html5' } };
  expect((await action(id, old, { version: '2.1' })).body.console).toEqual({ type: 'spice-html5', url });
  expect((await action(id, old, { version: '2.6' })).status).toBe(404);
  expect((await action(id, { 'os-getSPICEConsole': { type: 'novnc' } }, { version: '2.1' })).status).toBe(400);
});
