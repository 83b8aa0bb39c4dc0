import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EventView } from '../../app/contract/event.ts';
import type { TaskView } from '../../app/contract/task.ts';
import { CloudError } from './cloud-error.ts';
import { getServer } from './compute.api.ts';
import { EventRefresher, putInPlace, staleKeys } from './event-refresh.ts';
import { keys } from './query-keys.ts';
import { refreshOn } from './refreshed-by.ts';
import { type Session, useSessionStore } from './session.ts';

vi.mock(import('./compute.api.ts'), async (original) => ({ ...(await original()), getServer: vi.fn() }));

const event = (type: string, resource: EventView['resource']): EventView => ({
  id: 1,
  type,
  resource,
  projectId: 'p',
  userId: null,
  requestId: null,
  payload: {},
  createdAt: '2026-01-01T00:00:00Z',
});

const client = new QueryClient({ defaultOptions: { queries: { gcTime: Number.POSITIVE_INFINITY } } });
const servers = () => client.getQueryData(keys.servers.list);

beforeEach(() => {
  vi.useFakeTimers();
  client.clear();
});
afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

it('says what each event makes stale', () => {
  expect(staleKeys(event('compute.instance.create.end', { type: 'server', id: 'a' }))).toEqual([
    keys.limits.all,
    keys.hosts.all,
    keys.servers.actions('a'),
    keys.servers.hardware('a'),
    keys.eventLog.all,
  ]);
  expect(staleKeys(event('compute.instance.power_on.end', { type: 'server', id: 'a' }))).toEqual([
    keys.servers.actions('a'),
    keys.servers.hardware('a'),
    keys.eventLog.all,
  ]);
  expect(staleKeys(event('keypair.create.end', { type: 'keypair', id: 'k' }))).toEqual([
    keys.limits.all,
    keys.eventLog.all,
  ]);
  expect(staleKeys(event('identity.role_assignment.created', { type: 'role_assignment', id: 'u' }))).toEqual([
    keys.assignments.all,
    keys.projects.all,
    keys.eventLog.all,
  ]);
  expect(staleKeys(event('what.is.this', { type: 'unheard-of', id: 'k' }))).toEqual([keys.eventLog.all]);
});

it('makes stale what a resource says it is refreshed by, and nothing that only sounds like it', () => {
  refreshOn(['keypair', 'compute.instance.create'], ['things']);
  const isStale = (type: string) =>
    staleKeys(event(type, { type: 'any', id: 'a' })).some(([first]) => first === 'things');
  expect(
    ['keypair.create.end', 'compute.instance.create.start', 'compute.instance.create.error'].filter(isStale),
  ).toHaveLength(3);
  expect(['keypairs.create', 'compute.instance.update', 'flavor.create'].filter(isStale)).toEqual([]);
});

it('reads a changed machine once a burst and puts it where it stood', async () => {
  client.setQueryData(keys.servers.list, [
    { id: 'a', name: 'old' },
    { id: 'b', name: 'b' },
  ]);
  vi.mocked(getServer).mockResolvedValue({ id: 'a', name: 'new' } as Awaited<ReturnType<typeof getServer>>);
  const refresher = new EventRefresher(client);
  for (const type of ['compute.instance.update', 'compute.instance.power_on.end']) {
    refresher.handle({ op: 'event', event: event(type, { type: 'server', id: 'a' }) });
  }
  await vi.runAllTimersAsync();
  expect(getServer).toHaveBeenCalledTimes(1);
  expect(servers()).toEqual([
    { id: 'a', name: 'new' },
    { id: 'b', name: 'b' },
  ]);
});

it('puts a machine of another project only where those of every project are', async () => {
  useSessionStore.setState({ session: { project: { id: 'mine' } } as Session });
  client.setQueryData(keys.servers.list, [{ id: 'a', tenant_id: 'mine' }]);
  client.setQueryData(keys.servers.everywhere, [{ id: 'a', tenant_id: 'mine' }]);
  const theirs = { id: 'b', tenant_id: 'theirs' } as Awaited<ReturnType<typeof getServer>>;
  vi.mocked(getServer).mockResolvedValue(theirs);
  const created = event('compute.instance.create.end', { type: 'server', id: 'b' });
  new EventRefresher(client).handle({ op: 'event', event: created });
  await vi.runAllTimersAsync();
  expect(servers()).toEqual([{ id: 'a', tenant_id: 'mine' }]);
  expect(client.getQueryData(keys.servers.everywhere)).toEqual([theirs, { id: 'a', tenant_id: 'mine' }]);
});

it('keeps the newest answer when an older read is slower', async () => {
  client.setQueryData(keys.servers.list, [{ id: 'a', name: 'old' }]);
  const slow = Promise.withResolvers<Awaited<ReturnType<typeof getServer>>>();
  vi.mocked(getServer).mockReturnValueOnce(slow.promise);
  vi.mocked(getServer).mockResolvedValueOnce({ id: 'a', name: 'newest' } as Awaited<ReturnType<typeof getServer>>);
  const refresher = new EventRefresher(client);
  const updated = event('compute.instance.update', { type: 'server', id: 'a' });
  refresher.handle({ op: 'event', event: updated });
  await vi.runAllTimersAsync();
  refresher.handle({ op: 'event', event: updated });
  await vi.runAllTimersAsync();
  slow.resolve({ id: 'a', name: 'stale' } as Awaited<ReturnType<typeof getServer>>);
  await vi.runAllTimersAsync();
  expect(servers()).toEqual([{ id: 'a', name: 'newest' }]);
});

it('takes out what is gone', async () => {
  client.setQueryData(keys.servers.list, [{ id: 'a' }, { id: 'b' }]);
  vi.mocked(getServer).mockRejectedValue(new CloudError('gone', { status: 404, code: 'not_found' }));
  const deleted = event('compute.instance.delete.end', { type: 'server', id: 'a' });
  new EventRefresher(client).handle({ op: 'event', event: deleted });
  await vi.runAllTimersAsync();
  expect(servers()).toEqual([{ id: 'b' }]);
});

it('reads the list again after a large burst', async () => {
  client.setQueryData(keys.servers.list, []);
  const refresher = new EventRefresher(client);
  for (let index = 0; index < 100; index += 1) {
    const created = event('compute.instance.create.end', { type: 'server', id: `s${index}` });
    refresher.handle({ op: 'event', event: created });
  }
  await vi.runAllTimersAsync();
  expect(getServer).not.toHaveBeenCalled();
  expect(client.getQueryState(keys.servers.list)?.isInvalidated).toBe(true);
});

it('puts task records and ticks into the lists that hold them', () => {
  const task = { id: 't', subject: { type: 'server', id: 'a', name: 'a' }, progress: null } as TaskView;
  client.setQueryData(keys.tasks.recent, []);
  const refresher = new EventRefresher(client);
  refresher.handle({ op: 'task', task });
  const progress = { done: 1, total: 2, unit: 'bytes' as const, rate: null, secondsLeft: null };
  refresher.handle({ op: 'tick', taskId: 't', progress });
  refresher.handle({ op: 'tick', taskId: 'another', progress });
  expect(client.getQueryData(keys.tasks.recent)).toEqual([{ ...task, progress }]);
});

it('puts new rows first', () => {
  expect(putInPlace([{ id: 'a' }], { id: 'b' })).toEqual([{ id: 'b' }, { id: 'a' }]);
});
