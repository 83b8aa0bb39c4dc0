import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, type RunnerTask, type RunnerTestFile } from 'vitest';
import { compare, type Exchange, exactLine, looseLine, parseRecord } from './answer-record.ts';
import { isLong } from './sitting.ts';

/**
 * Loaded before every test: whatever a server in this process answers is compared with what is recorded of the suite
 * in tests/answers. Servers are heard of by the channel on which fastify announces them, so no test has to take part.
 */
const root = resolve(import.meta.dirname, '..', '..');
/** `npm run answers` names a folder: then what is seen is written there and judged by it. */
const collectIn = process.env.CUMULET_ANSWERS;
/** The command lists every difference; the gate leaves out what may be seen at another moment by chance. */
const isStrict = process.env.CUMULET_ANSWERS_STRICT !== undefined;
/** Records are made on SQLite. */
const isElsewhere = process.env.CUMULET_TEST_DATABASE !== undefined;
const SHOWN = 30;

/** Suites whose answers say nothing that would have to stay, with the reason. */
const NOT_RECORDED: Record<string, string> = {
  'app/http/connection-limits.test.ts': 'about connections that are too slow, by a clock',
  'app/http/raw-requests.test.ts': 'about requests that are none',
  'app/http/dashboard.test.ts': 'about files',
  'tests/integration/api/escaped-paths.test.ts': 'sends every route what is no path; what must hold is its own subject',
  'tests/integration/api/declared-routes.test.ts': 'asks with random input; what must hold is its own subject',
  'app/identity/simultaneous-changes.test.ts': 'asks for two random changes at once; that both are kept is its subject',
};

const CHANNEL = 'fastify.initialization';
let seen = new Map<string, string>();
let file: RunnerTestFile | undefined;
let asksAtRandom = false;

declare module 'vitest' {
  interface TaskMeta {
    /** What this test asks differs from run to run, so that its answers are not recorded. */
    asksAtRandom?: boolean;
  }
}

// Hooks of a file that is set up run around those of its tests, which ask in theirs too.
beforeAll(() => {
  seen = new Map();
  if (isRecorded(suiteOf(expect.getState().testPath ?? ''))) subscribe(CHANNEL, listen);
});
beforeEach(({ task }) => {
  file = task.file;
  asksAtRandom = task.meta.asksAtRandom ?? false;
});
afterAll(() => {
  if (!unsubscribe(CHANNEL, listen) || file === undefined || seen.size === 0) return;
  const suite = suiteOf(file.filepath);
  if (collectIn !== undefined) {
    if (isComplete(file)) write(join(collectIn, `${suite}.json`), JSON.stringify([...seen]));
    return;
  }
  if (hasFailed(file)) return;
  const record = parseRecord(readFileSync(recordOf(suite), 'utf8'));
  const problems = compare(record, seen, { isComplete: isComplete(file), isStrict, isElsewhere });
  if (problems.length === 0) return;
  const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
  const accept = `Meant so? "npm run answers -- --accept ${suite}".`;
  throw new Error(['Answers differ from those recorded.', ...problems.slice(0, SHOWN), ...more, accept].join('\n  '));
});

/** A long run asks more than was recorded. */
function isRecorded(suite: string): boolean {
  if (isLong || Object.hasOwn(NOT_RECORDED, suite)) return false;
  return collectIn !== undefined || existsSync(recordOf(suite));
}

function suiteOf(filepath: string): string {
  return relative(root, filepath);
}

function recordOf(suite: string): string {
  return join(root, 'tests', 'answers', `${suite}.txt`);
}

function listen(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!asksAtRandom) {
      const exchange = exchangeOf(request, reply, payload);
      seen.set(exactLine(exchange), looseLine(exchange));
    }
    done(null, payload);
  });
}

function exchangeOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): Exchange {
  const { method, routeOptions, params, query, headers } = request;
  const version = headers['openstack-api-version'] ?? headers['x-openstack-nova-api-version'];
  return {
    method,
    // Where no route matches, the path is all there is.
    route: routeOptions.url ?? request.url.replace(/\?.*$/, ''),
    params,
    query,
    version: version?.toString(),
    body: isPlain(request.body) ? request.body : undefined,
    status: reply.statusCode,
    headers: reply.getHeaders(),
    answer: answerOf(payload, String(reply.getHeader('content-type') ?? '')),
  };
}

function answerOf(payload: unknown, contentType: string): unknown {
  if (payload === null || payload === undefined || payload === '') return undefined;
  if (typeof payload !== 'string') return '<bytes>';
  return contentType.includes('json') ? JSON.parse(payload) : payload;
}

/** Parsed JSON or text, and not the bytes that come. */
function isPlain(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return true;
  const kind = Object.getPrototypeOf(body);
  return kind === Object.prototype || kind === null;
}

/** Every test of the file ran and passed: what was not seen is no more. */
function isComplete({ tasks }: { tasks: RunnerTask[] }): boolean {
  return tasks.every((task) => ('tasks' in task ? isComplete(task) : task.result?.state === 'pass'));
}

function hasFailed({ tasks }: { tasks: RunnerTask[] }): boolean {
  return tasks.some((task) => ('tasks' in task ? hasFailed(task) : task.result?.state === 'fail'));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
