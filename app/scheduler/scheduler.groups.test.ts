import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemContext } from '../policy/authorization.ts';
import { TaskFixture } from '../tasks/task.fixture.ts';
import type { ClaimRequest, PlacedGroup } from './host.filters.ts';
import { claimRequest, expectSumsToBeRight, hostFacts, isOwned, openScheduler } from './scheduler.fixture.ts';
import type { SchedulerService } from './scheduler.service.ts';

const context = systemContext('req-1');
const HOSTS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Two controllers on one database. */
let first: TaskFixture;
let second: TaskFixture;
let one: SchedulerService;
let two: SchedulerService;

beforeEach(async () => {
  first = await TaskFixture.open();
  second = await first.another('two', { now: () => Date.now(), everyMs: 3600_000 });
  one = openScheduler(first.database, { graceMs: 0 });
  two = openScheduler(second.database, { graceMs: 0 });
  for (const host of HOSTS) await one.reportHost(context, host, hostFacts({ hostname: host }));
});

afterEach(async () => {
  await second.close({ keep: true });
  await first.close();
});

const group = (policy: PlacedGroup['policy'], maxPerHost = 1): PlacedGroup => ({ id: 'g', policy, maxPerHost });

/** Many at once, by both controllers in turn: on which host each is, or the refusal. */
async function claimAtOnce(count: number, more: Partial<ClaimRequest>): Promise<string[]> {
  const claims = Array.from({ length: count }, async (_none, at) => {
    const scheduler = at % 2 === 0 ? one : two;
    return await scheduler.claim(claimRequest(`s${at}`, more), isOwned).then(
      ({ hostId }) => hostId,
      (error) => error.message,
    );
  });
  const hosts = await Promise.all(claims);
  await expectSumsToBeRight(first.database);
  return hosts;
}

function machinesPerHost(hosts: string[]): number[] {
  return HOSTS.map((host) => hosts.filter((each) => each === host).length);
}

describe('many launches at once into one group', () => {
  test('anti-affinity: no two on one host, and where hosts run out the rest is refused', async () => {
    const hosts = await claimAtOnce(10, { group: group('anti-affinity') });
    expect(machinesPerHost(hosts)).toEqual([1, 1, 1, 1, 1, 1]);
    const refused = hosts.filter((host) => !HOSTS.includes(host));
    expect(refused).toHaveLength(4);
    for (const message of refused) expect(message).toContain('ServerGroupAntiAffinityFilter refused 6');
  });

  test('anti-affinity with so many a host', async () => {
    const hosts = await claimAtOnce(14, { group: group('anti-affinity', 2), memoryMib: 16 });
    expect(machinesPerHost(hosts)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  test('affinity: all on one host, and more than it has room for is refused', async () => {
    const hosts = await claimAtOnce(10, { group: group('affinity') });
    expect(new Set(hosts.filter((host) => HOSTS.includes(host))).size).toBe(1);
    // 4608 MiB less what the host keeps, 512 each.
    expect(hosts.filter((host) => HOSTS.includes(host))).toHaveLength(8);
    expect(hosts.find((host) => !HOSTS.includes(host))).toContain('RamFilter');
  });

  test('soft policies: as far as that can be', async () => {
    const together = (await claimAtOnce(10, { group: group('soft-affinity') })).sort();
    expect(machinesPerHost(together).sort()).toEqual([0, 0, 0, 0, 2, 8]);
  });

  test('soft anti-affinity goes on where every host has one', async () => {
    const apart: string[] = [];
    for (let at = 0; at < 9; at++) {
      const request = claimRequest(`s${at}`, { group: group('soft-anti-affinity') });
      apart.push((await one.claim(request, isOwned)).hostId);
    }
    expect(machinesPerHost(apart).sort()).toEqual([1, 1, 1, 2, 2, 2]);
  });
});

test('who has left a group is not counted, and a group that is forgotten binds nobody', async () => {
  const into = (server: string, policy: PlacedGroup['policy'] = 'affinity') =>
    one.claim(claimRequest(server, { group: group(policy) }), isOwned);
  const { hostId } = await into('s1');
  expect(await into('s2')).toEqual({ hostId });
  await first.database.transaction(async (trx) => {
    await one.release(trx, 's1');
    await one.release(trx, 's2');
  });
  await one.setHostState(context, hostId, 'down');
  const other = (await into('s3')).hostId;
  expect(other).not.toBe(hostId);
  await one.setHostState(context, other, 'down');
  await expect(into('s4')).rejects.toMatchObject({ message: expect.stringContaining('ServerGroupAffinityFilter') });
  await first.database.transaction((trx) => one.forgetGroup(trx, 'g'));
  expect((await into('s4')).hostId).not.toBe(other);
});

test('a zone is where its hosts are, also for another controller', async () => {
  await first.database.transaction((trx) => one.control.moveToZone(trx, ['c'], 'east'));
  expect(await claimAtOnce(4, { zone: 'east' })).toEqual(['c', 'c', 'c', 'c']);
  expect(await one.control.zones()).toEqual(
    new Map([
      ['nova', true],
      ['east', true],
    ]),
  );
  expect(one.zoneOf('c')).toBe('east');
  await expect(one.claim(claimRequest('x', { zone: 'west' }), isOwned)).rejects.toMatchObject({
    message: expect.stringContaining('not in the availability zone west'),
  });
  // A host with machines stays where it is.
  expect(await first.database.transaction((trx) => two.control.moveToZone(trx, ['a', 'c'], 'west'))).toBe(false);
  expect((await one.listHosts()).map(({ zone }) => zone)).toEqual(['nova', 'nova', 'east', 'nova', 'nova', 'nova']);
});

test('a host that moves to another zone just before its claim is left', async () => {
  // Both know all hosts now.
  expect(await two.claim(claimRequest('first', { zone: 'nova' }), isOwned)).toEqual({ hostId: 'a' });
  for (const hostId of HOSTS.slice(1))
    await first.database.transaction((trx) => one.control.moveToZone(trx, [hostId], 'east'));
  expect(await two.claim(claimRequest('second', { zone: 'nova' }), isOwned)).toEqual({ hostId: 'a' });
});

test('a host that is disabled, forced down or forgotten gets no machines', async () => {
  const only = (host: string, server: string, scheduler = two) =>
    scheduler.claim(claimRequest(server, { host }), isOwned);
  await one.control.setService(context, 'a', { disabledReason: 'a fan is loud' });
  await one.control.setService(context, 'b', { isForcedDown: true });
  for (const host of ['a', 'b']) {
    await expect(only(host, host)).rejects.toMatchObject({ code: 'no_valid_host' });
  }
  expect(await one.showHost('a')).toMatchObject({ disabledReason: 'a fan is loud', isForcedDown: false });
  await one.control.setService(context, 'a', { disabledReason: null });
  await one.control.setService(context, 'b', { isForcedDown: false });
  expect([await only('a', 'a', one), await only('b', 'b', one)]).toEqual([{ hostId: 'a' }, { hostId: 'b' }]);
  const forget = (host: string) => first.database.transaction((trx) => one.control.forget(trx, context, host));
  await expect(forget('a')).rejects.toMatchObject({ code: 'conflict' });
  await forget('f');
  await expect(only('f', 'f')).rejects.toMatchObject({ code: 'no_valid_host' });
  expect(one.idOf('f')).toBeUndefined();
  await one.reportHost(context, 'f', hostFacts({ hostname: 'f' }));
  expect(await only('f', 'f')).toEqual({ hostId: 'f' });
});
