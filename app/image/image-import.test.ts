import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TaskView } from '../contract/task.ts';
import { once } from '../contract/testing/waiting.ts';
import { qcow2Image } from './formats/disk-image.fixture.ts';
import type { CatalogSource } from './image-catalog.ts';
import { contextOf, type ImageFixture, startImages } from './testing/image.fixture.ts';

const MIB = 1024 * 1024;
/** A small disk with some weight behind its header. */
const IMAGE = Buffer.concat([qcow2Image(), randomBytes(3 * MIB)]);
const SHA256 = createHash('sha256').update(IMAGE).digest('hex');

interface Site {
  /** Each GET of the image, with its Range. */
  requests: { range: string | undefined; ifRange: string | undefined }[];
  /** Ends the connection after so many bytes, once for each entry. */
  breakAfter: number[];
  etag: string;
  content: Buffer;
  sums: string;
  status: number;
  /** Holds the answer back after the first MiB. */
  gate: Promise<void> | null;
  onRequest: (count: number) => void;
}

let site: Site;
let server: Server;
let origin: string;
let fixture: ImageFixture;

beforeEach(async () => {
  site = {
    requests: [],
    breakAfter: [],
    etag: '"one"',
    content: IMAGE,
    sums: `${SHA256}  disk.qcow2\n${'0'.repeat(64)}  other\n`,
    status: 200,
    gate: null,
    onRequest: () => {},
  };
  server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fixture = await startImages({ catalog: [entry()] });
});

afterEach(async () => {
  await fixture.close();
  server.closeAllConnections();
  server.close();
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/sums') {
    response.end(site.sums);
    return;
  }
  const { range, 'if-range': ifRange } = request.headers;
  site.requests.push({ range, ifRange: ifRange?.toString() });
  site.onRequest(site.requests.length);
  if (site.status !== 200) {
    response.writeHead(site.status).end();
    return;
  }
  const isPart = range !== undefined && ifRange === site.etag;
  const start = isPart ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
  const body = site.content.subarray(start);
  const headers = { etag: site.etag, 'content-length': body.length };
  if (isPart) {
    const size = site.content.length;
    response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${size - 1}/${size}` });
  } else {
    response.writeHead(200, headers);
  }
  const end = site.breakAfter.shift();
  if (end !== undefined) {
    response.write(body.subarray(0, end), () => response.destroy());
    return;
  }
  if (site.gate) {
    response.write(body.subarray(0, MIB));
    await site.gate;
    response.end(body.subarray(MIB));
    return;
  }
  response.end(body);
}

function entry(more: Partial<CatalogSource> = {}): CatalogSource {
  return {
    id: 'little',
    family: 'debian',
    name: 'Little',
    version: '1',
    summary: '',
    arch: 'x86_64',
    diskFormat: 'qcow2',
    url: `${origin}/disk.qcow2`,
    checksum: { algorithm: 'sha256', value: null, url: `${origin}/sums` },
    size: IMAGE.length,
    minDiskGib: 1,
    minRamMib: 128,
    defaultUser: 'little',
    properties: { os_distro: 'debian' },
    builtIn: false,
    ...more,
  };
}

/** Resolves when the task has ended. */
async function ended(id: string): Promise<TaskView> {
  const { promise, resolve } = Promise.withResolvers<TaskView>();
  const off = fixture.events.onTask((task) => {
    if (task.id === id && task.finishedAt !== null) resolve(task);
  });
  const now = await fixture.tasks.find(id);
  if (now?.finishedAt) resolve(now);
  const task = await promise;
  off();
  return task;
}

async function importAs(name = 'admin') {
  const { task, imageId } = await fixture.images.importFromCatalog(
    contextOf(name),
    'little',
    name === 'admin' ? 'public' : 'private',
  );
  if (!task) throw new Error('it was there already');
  return { taskId: task.id, imageId };
}

async function show(id: string, name = 'admin') {
  return await fixture.ask(name, 'GET', `/v2/images/${id}`);
}

test('an entry becomes an active image: public for administrators, private for others', async () => {
  const { taskId, imageId } = await importAs();
  expect((await show(imageId)).body).toMatchObject({ status: 'importing', visibility: 'public' });
  const task = await ended(taskId);
  expect(task).toMatchObject({ kind: 'image.import', state: 'succeeded', error: null, subject: { id: imageId } });
  expect(task.steps.map(({ name }) => name)).toEqual(['download', 'verify', 'store', 'activate']);
  expect((await show(imageId)).body).toMatchObject({
    name: 'Little 1',
    status: 'active',
    size: IMAGE.length,
    virtual_size: 64 * MIB,
    os_hash_value: createHash('sha512').update(IMAGE).digest('hex'),
    checksum: createHash('md5').update(IMAGE).digest('hex'),
    min_disk: 1,
    min_ram: 128,
    os_distro: 'debian',
    os_admin_user: 'little',
  });
  expect(await fixture.files()).toEqual([imageId]);
  const [listed] = await fixture.images.listCatalog(contextOf('bob'));
  expect(listed).toMatchObject({ id: 'little', imageId, taskId: null });
  expect(await fixture.images.importFromCatalog(contextOf('bob'), 'little', 'private')).toEqual({
    task: null,
    imageId,
  });

  await fixture.ask('admin', 'DELETE', `/v2/images/${imageId}`);
  const own = await importAs('bob');
  await ended(own.taskId);
  expect((await show(own.imageId, 'bob')).body).toMatchObject({ visibility: 'private', owner: 'bob' });
  expect((await fixture.images.listCatalog(contextOf('carol')))[0]).toMatchObject({ imageId: null });
  await expect(fixture.images.importFromCatalog(contextOf('bob'), 'nothing', 'private')).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('who asks while it is on its way is told of the running task', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  site.gate = promise;
  const first = await importAs();
  const second = await fixture.images.importFromCatalog(contextOf('admin'), 'little', 'public');
  expect(second).toMatchObject({ imageId: first.imageId, task: { id: first.taskId } });
  expect((await fixture.images.listCatalog(contextOf('admin')))[0]).toMatchObject({ taskId: first.taskId });
  resolve();
  expect((await ended(first.taskId)).state).toBe('succeeded');
});

test('a connection that breaks is taken up where it ended, as long as the file is the same', async () => {
  site.breakAfter = [MIB, 1000];
  const { taskId } = await importAs();
  expect((await ended(taskId)).state).toBe('succeeded');
  expect(site.requests).toHaveLength(3);
  expect(site.requests[0]).toEqual({ range: undefined, ifRange: undefined });
  for (const { range, ifRange } of site.requests.slice(1)) {
    expect(Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1])).toBeGreaterThan(0);
    expect(ifRange).toBe('"one"');
  }
});

test('a file that was replaced meanwhile is fetched from its beginning', async () => {
  site.breakAfter = [MIB];
  const { stop } = await fixture.events.subscribe(({ op }) => {
    if (op === 'tick') site.etag = '"two"';
  });
  const { taskId } = await importAs();
  expect((await ended(taskId)).state).toBe('succeeded');
  stop();
  expect(site.requests.at(-1)?.ifRange).toBe('"one"');
});

test('a restart goes on with what is there', async () => {
  const second = Promise.withResolvers<void>();
  site.breakAfter = [MIB];
  site.gate = new Promise(() => {});
  site.onRequest = (count) => {
    if (count === 2) second.resolve();
  };
  const { taskId, imageId } = await importAs();
  // It has what came before the break, and waits for the rest.
  await second.promise;
  await fixture.close({ keep: true });
  expect(await fixture.files()).toContain(`${imageId}.download`);
  site.gate = null;
  fixture = await startImages({ catalog: [entry()], dataDir: fixture.dataDir });
  expect((await ended(taskId)).state).toBe('succeeded');
  expect(site.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
  expect((await show(imageId)).body.status).toBe('active');
  expect(await fixture.files()).toEqual([imageId]);
});

async function expectNothingLeft(imageId: string): Promise<void> {
  expect((await show(imageId)).status).toBe(404);
  expect(await fixture.files()).toEqual([]);
  const leftovers = () => fixture.database.query.selectFrom('leftover').selectAll().execute();
  await expect.poll(leftovers).toEqual([]);
  expect((await fixture.images.listCatalog(contextOf('admin')))[0]).toMatchObject({ imageId: null, taskId: null });
}

test.each([
  [
    'wrong bytes',
    () => (site.content = Buffer.concat([IMAGE.subarray(1), Buffer.alloc(1)])),
    /not qcow2|did not arrive/,
  ],
  ['bytes that were tampered with', () => (site.content = Buffer.concat([IMAGE, Buffer.from('x')])), /did not arrive/],
  ['no checksum for the file', () => (site.sums = `${SHA256}  a\n${SHA256}  b\n`), /do not name its file/],
  ['the file is gone', () => (site.status = 404), /answered 404/],
  ['the server fails for ever', () => (site.status = 503), /answered 503/],
])('%s: the task fails with words, and nothing is left', async (_name, change, message) => {
  change();
  const { taskId, imageId } = await importAs();
  const task = await ended(taskId);
  expect(task.state).toBe('failed');
  expect(task.error?.message).toMatch(message);
  expect(task.error?.hint).toBeTruthy();
  await expectNothingLeft(imageId);
});

test('without a network it says that it is offline and what to do', async () => {
  const { imageTask } = await offline();
  expect(imageTask.state).toBe('failed');
  expect(imageTask.error).toMatchObject({ code: 'unavailable', hint: expect.stringContaining('built-in') });
  expect(imageTask.error?.message).toMatch(
    /no-such-host\.invalid cannot be reached: this computer seems to be offline/,
  );
});

async function offline() {
  await fixture.close();
  const checksum = { algorithm: 'sha256' as const, value: SHA256, url: null };
  fixture = await startImages({ catalog: [entry({ url: 'http://no-such-host.invalid/disk.qcow2', checksum })] });
  const { taskId } = await importAs();
  return { imageTask: await ended(taskId) };
}

test('cancelled, and deleted, while it is downloaded: nothing is left', async () => {
  site.gate = new Promise(() => {});
  const first = await importAs();
  await fixture.tasks.cancel(first.taskId);
  expect((await ended(first.taskId)).state).toBe('cancelled');
  await expectNothingLeft(first.imageId);
  const second = await importAs();
  await fixture.ask('admin', 'DELETE', `/v2/images/${second.imageId}`);
  expect((await ended(second.taskId)).state).toBe('cancelled');
  await expectNothingLeft(second.imageId);
});

/** A stand-in for guest/build.sh; what it runs as is the point here, not what it builds. */
async function builder(script: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'cumulet-builder-'));
  const path = join(dir, 'build.sh');
  await writeFile(path, script);
  await writeFile(join(dir, 'image'), IMAGE);
  await chmod(path, 0o755);
  return { path, remove: () => rm(dir, { recursive: true }) };
}

async function build(script: string): Promise<{ task: TaskView; imageId: string }> {
  const { path, remove } = await builder(script);
  const builtIn = entry({
    id: 'little',
    url: null,
    builtIn: true,
    checksum: { algorithm: 'sha512', value: null, url: null },
  });
  await fixture.close();
  fixture = await startImages({ catalog: [builtIn], guestBuilder: path });
  const { taskId, imageId } = await importAs();
  const task = await ended(taskId);
  await remove();
  return { task, imageId };
}

test('the built-in image is built on this computer', async () => {
  const sha512 = createHash('sha512').update(IMAGE).digest('hex');
  const { task, imageId } = await build(
    `echo 'guest: building'; cp "$(dirname "$0")/image" "$1/cumulet-linux.qcow2"
echo '{"sha512": "${sha512}", "size": ${IMAGE.length}}' > "$1/cumulet-linux.json"`,
  );
  expect(task).toMatchObject({ kind: 'image.build', state: 'succeeded' });
  expect((await show(imageId)).body).toMatchObject({ status: 'active', os_hash_value: sha512 });
});

test('a build that lacks programs says how to install them', async () => {
  const { task, imageId } = await build(
    `echo 'guest: missing: mcopy. Install with: sudo apt-get install -y mtools' >&2; exit 3`,
  );
  expect(task.error).toMatchObject({
    code: 'unavailable',
    message: 'The small Linux could not be built: missing: mcopy',
    hint: 'Install with: sudo apt-get install -y mtools Then try again.',
  });
  await expectNothingLeft(imageId);
  const { task: other } = await build(`echo 'guest: the download failed' >&2; exit 1`);
  expect(other.error?.message).toBe('The small Linux could not be built: the download failed');
});
