import { expect, test } from 'vitest';
import { compare, type Exchange, exactLine, looseLine, mergeRuns, parseRecord, printRecord } from './answer-record.ts';

const ID = '0b8f5c4e-6a51-4d0c-9a53-0f5a7c1e2d3f';
const OTHER_ID = 'f4a0c8de-1b2c-4d3e-8f90-a1b2c3d4e5f6';

/** All tests of a suite ran, and every difference counts. */
const ALL = { isComplete: true, isStrict: true };
const PART = { isComplete: false, isStrict: true };

function exchange(change: Partial<Exchange> = {}): Exchange {
  return {
    ...{ method: 'GET', route: '/things/:id', params: { id: ID }, query: {}, version: undefined, body: undefined },
    ...{ status: 200, headers: {}, answer: { id: ID, name: 'one' } },
    ...change,
  };
}

function seen(...exchanges: Exchange[]): Map<string, string> {
  return new Map(exchanges.map((one) => [exactLine(one), looseLine(one)]));
}

test('what changes from run to run is named by first sight, the same thing by the same name', () => {
  const answer = {
    id: ID,
    parent: OTHER_ID,
    created_at: '2026-11-29T12:43:10.123Z',
    href: `http://127.0.0.1:41234/things/${ID}`,
    token: 'gAAAAABm1xYz-93kQpL0aTq7',
    project: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    name: 'identity:list_endpoints_for_project',
    at: 1_790_000_000_000,
    size: 5,
  };
  const line = exactLine(exchange({ answer, headers: { location: `/things/${ID}`, date: 'now' } }));
  expect(line).toBe(
    `GET /things/:id {"params":{"id":"<id:1>"}} -> 200 {"location":"/things/<id:1>"} ${JSON.stringify({
      at: '<epoch>',
      created_at: '<time>',
      href: 'http://127.0.0.1:<port>/things/<id:1>',
      id: '<id:1>',
      name: 'identity:list_endpoints_for_project',
      parent: '<id:2>',
      project: '<hash:1>',
      size: 5,
      token: '<token:1>',
    })}`,
  );
});

test("lists of Keystone's are in no order, and secrets that look like words are known by their name", () => {
  const of = (...names: string[]) =>
    exactLine(
      exchange({
        route: '/identity/v3/things',
        answer: { things: names.map((name) => ({ id: name === 'a' ? ID : OTHER_ID, name })), audit_ids: names },
      }),
    );
  expect(of('a', 'b')).toBe(of('b', 'a'));
  expect(of('a', 'b')).toContain('"audit_ids":["<secret>","<secret>"]');
});

test('a key is one thing, however its lines end', () => {
  const key = (end: string) =>
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${'aB3/'.repeat(17)}\n${end}\n-----END OPENSSH PRIVATE KEY-----\n`;
  const of = (end: string) => exactLine(exchange({ answer: { private_key: key(end) } }));
  expect(of('ys+veE6BVdU/Kb==')).toBe(of('Ab1/+x='));
});

test('a record is read back as it was, with what occurs twice written once', () => {
  const large = { catalog: Array.from({ length: 5 }, (_, index) => ({ type: `service-${index}`, url: 'http://x' })) };
  const exchanges = [
    exchange({ answer: { a: large } }),
    exchange({ answer: { b: large }, body: { text: 'with -> and {' } }),
    exchange({ method: 'DELETE', status: 204, answer: undefined }),
    exchange({ answer: 'plain text' }),
  ];
  const record = { exact: new Set(seen(...exchanges).keys()), shapes: new Set(['GET /x -> 200 {a:string}']) };
  const text = printRecord(record);
  expect(text.match(/service-0/g)).toHaveLength(1);
  expect(parseRecord(text)).toEqual(record);
  expect(printRecord(parseRecord(text))).toBe(text);
});

test('what differs between runs counts by its shape only', () => {
  const poll = (state: string) => exchange({ answer: { state } });
  const runs = [seen(exchange(), poll('begun')), seen(exchange(), poll('done'))];
  const record = mergeRuns(runs);
  expect([...record.exact]).toEqual([exactLine(exchange())]);
  expect([...record.shapes]).toEqual(['GET /things/:id -> 200 {state:string}']);
  expect(compare(record, seen(exchange(), poll('waiting')), ALL)).toEqual([]);
  expect(compare(record, seen(exchange(), exchange({ answer: { state: 5 } })), ALL)).toHaveLength(1);
});

test('a changed answer is told by route and member, a new and a missing one by their line', () => {
  const record = mergeRuns([seen(exchange(), exchange({ query: { all: '1' } }))]);
  const changed = exchange({ answer: { id: ID, name: 'two', more: true } });
  const added = exchange({ method: 'POST', status: 201 });
  expect(compare(record, seen(changed, added), ALL)).toEqual([
    expect.stringMatching(/^no more: GET \/things\/:id .*"all":"1"/),
    'changed: GET /things/:id {"params":{"id":"<id:1>"}}',
    '    answer.name: "one" -> "two"',
    '    answer.more: nothing -> true',
    expect.stringMatching(/^new: POST \/things\/:id/),
  ]);
});

test('when not all tests ran, only what is new counts', () => {
  const record = mergeRuns([seen(exchange(), exchange({ query: { all: '1' } }))]);
  expect(compare(record, seen(exchange()), PART)).toEqual([]);
  expect(compare(record, seen(exchange({ status: 404 })), PART)).toHaveLength(1);
});

test('the gate leaves out what may be seen at another moment, and nothing else', () => {
  const build = (state: string, change: Partial<Exchange> = {}) =>
    exchange({ route: '/compute/v2.1/servers/:serverId', answer: { state }, ...change });
  const record = mergeRuns([seen(build('BUILD'), build('ACTIVE'))]);
  const gate = { isComplete: true, isStrict: false };
  expect(compare(record, seen(build('ACTIVE'), build('REBOOT')), gate)).toEqual([]);
  expect(compare(record, seen(build('ACTIVE'), build('REBOOT')), ALL)).not.toEqual([]);
  expect(compare(record, seen(build('ACTIVE', { method: 'PUT' })), gate)).toHaveLength(1);
  expect(compare(record, seen(build('ACTIVE', { status: 404 })), gate)).toHaveLength(1);
  const cancel = (state: string) =>
    exchange({ method: 'POST', route: '/v1/tasks/:id/cancel', status: 202, answer: { state } });
  expect(compare(mergeRuns([seen(cancel('pending'))]), seen(cancel('running')), gate)).toEqual([]);
});

test('on another database types and statuses are compared', () => {
  const record = mergeRuns([seen(exchange())]);
  const elsewhere = { ...ALL, isElsewhere: true };
  expect(compare(record, seen(exchange({ answer: { id: OTHER_ID, name: 'two' } })), elsewhere)).toEqual([]);
  expect(compare(record, seen(exchange({ answer: { id: OTHER_ID, name: 2 } })), elsewhere)).toHaveLength(1);
  expect(compare(record, seen(exchange({ status: 202 })), elsewhere)).toHaveLength(1);
});
