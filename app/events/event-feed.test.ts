import { beforeEach, expect, test } from 'vitest';
import type { EventView } from '../contract/event.ts';
import type { ReadableIds } from '../database/dialects/dialect.ts';
import { EventFeed, type EventLog, type News } from './event-feed.ts';

let stored: EventView[];
let settled: () => Promise<ReadableIds>;
let read: EventLog['read'];
let feed: EventFeed;

beforeEach(() => {
  stored = [];
  settled = async () => ({ upTo: 0, newest: 0 });
  read = async ({ after, upTo = Number.POSITIVE_INFINITY, limit }) =>
    stored.filter(({ id }) => id > after && id <= upTo).slice(0, limit);
  feed = new EventFeed({
    settled: () => settled(),
    read: (range) => read(range),
  });
});

/** As from a transaction that ended just now. */
function store(...ids: number[]): void {
  const resource = { type: 'port', id: 'p' };
  const rest = { resource, projectId: null, userId: null, requestId: null, payload: {}, createdAt: '' };
  stored.push(...ids.map((id) => ({ id, type: 'port.update.end', ...rest })));
  stored.sort((a, b) => a.id - b.id);
}

/** Subscribes, and answers the ids that were told once there are so many. */
async function subscribe() {
  const told: number[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const { position } = await feed.subscribe((news: News) => {
    if (news.op === 'event') told.push(news.event.id);
    for (const { count, resolve } of waiting) if (told.length >= count) resolve();
  });
  const received = async (count: number) => {
    if (told.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    return told;
  };
  return { position, received };
}

test('what a running transaction holds back is told when that has ended, though it says nothing', async () => {
  let upTo = 1;
  settled = async () => ({ upTo, newest: 4 });
  store(1, 3, 4);
  const { position, received } = await subscribe();
  expect(position).toBe(1);
  feed.look();
  const others = await subscribe();
  expect(others.position).toBe(1);
  store(2);
  upTo = 4;
  expect([await received(3), await others.received(3)]).toEqual([
    [2, 3, 4],
    [2, 3, 4],
  ]);
});

test('what cannot be read is read the next time', async () => {
  const { received } = await subscribe();
  const [readNow, failures] = [read, { reads: 2, looks: 1 }];
  read = async (range) => {
    if (failures.reads-- > 0) throw new Error('the database is away');
    return await readNow(range);
  };
  settled = async () => {
    if (failures.looks-- > 0) throw new Error('the database is away');
    return { upTo: 3, newest: 3 };
  };
  store(1, 3);
  feed.look();
  expect(await received(2)).toEqual([1, 3]);
});

test('where no id is left out nobody is asked how far the log is whole', async () => {
  const { received } = await subscribe();
  settled = async () => {
    throw new Error('asked');
  };
  store(...Array.from({ length: 450 }, (_, index) => index + 1));
  feed.look();
  expect(await received(450)).toHaveLength(450);
});

test('more than is read at once is told to the end, and a place without an event is none', async () => {
  const { received } = await subscribe();
  const ids = Array.from({ length: 1000 }, (_, index) => index * 3 + 1);
  store(...ids);
  settled = async () => ({ upTo: 5000, newest: 5000 });
  feed.look();
  expect(await received(1000)).toEqual(ids);
  expect((await subscribe()).position).toBe(5000);
});

test('a task is told behind the events that were there before it', async () => {
  const told: string[] = [];
  await feed.subscribe((news) => told.push(news.op));
  store(1);
  settled = async () => ({ upTo: 1, newest: 1 });
  feed.look();
  feed.tell({
    op: 'tick',
    taskId: 't',
    projectId: null,
    progress: { done: 1, total: 2, unit: 'bytes', rate: null, secondsLeft: null },
  });
  expect(told).toEqual([]);
  await subscribe();
  expect(told).toEqual(['event', 'tick']);
});
