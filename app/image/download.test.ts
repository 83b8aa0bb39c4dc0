import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OperationalError } from '../contract/errors.ts';
import { once } from '../contract/testing/waiting.ts';
import { type DownloadOptions, download } from './download.ts';

let dir: string;
let server: Server;
let options: DownloadOptions;
/** What was asked and answered: `range -> status`. */
let log: string[];
let content: string;
let headers: Record<string, string>;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cumulet-download-'));
  log = [];
  content = 'the whole content';
  headers = { etag: '"a"' };
  server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    const validator = headers.etag ?? headers['last-modified'];
    const isPart = range !== undefined && ifRange === validator;
    const start = isPart ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
    const status = !isPart ? 200 : start >= content.length ? 416 : 206;
    const where =
      status === 416 ? `bytes */${content.length}` : `bytes ${start}-${content.length - 1}/${content.length}`;
    log.push(`${range ?? 'all'} -> ${status}`);
    response.writeHead(status, { ...headers, ...(isPart ? { 'content-range': where } : {}) });
    response.end(status === 416 ? '' : content.slice(start));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  options = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.img`,
    path: join(dir, 'file'),
    statePath: join(dir, 'file.json'),
    maxBytes: 1000,
    requireRoom: async () => {},
    signal: new AbortController().signal,
    onProgress: () => {},
    firstPauseMs: 1,
  };
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(dir, { recursive: true });
});

const stored = async () => await readFile(options.path, 'utf8');

test('what is here whole already is not fetched again', async () => {
  await download(options);
  await download(options);
  expect(log).toEqual(['all -> 200', 'bytes=17- -> 416']);
  expect(await stored()).toBe(content);
});

test('a shorter file of the same name is fetched anew', async () => {
  await download(options);
  content = 'shorter';
  await download(options);
  expect(log).toEqual(['all -> 200', 'bytes=17- -> 416', 'all -> 200']);
  expect(await stored()).toBe('shorter');
});

test('it goes on by date where the server’s ETag promises too little, and not at all without either', async () => {
  headers = { etag: 'W/"weak"', 'last-modified': 'Sat, 21 Nov 2026 10:00:00 GMT' };
  await download(options);
  headers = { 'last-modified': 'Sat, 21 Nov 2026 10:00:00 GMT' };
  await writeFile(options.path, content.slice(0, 5));
  await download(options);
  expect(log.at(-1)).toBe('bytes=5- -> 206');
  expect(await stored()).toBe(content);
  headers = {};
  await rm(options.path);
  await download(options);
  await writeFile(options.path, 'left');
  await download(options);
  expect(log.at(-1)).toBe('all -> 200');
  expect(await stored()).toBe(content);
});

test('state of another address, and broken state, are not believed', async () => {
  await download(options);
  await writeFile(options.path, content.slice(0, 5));
  await download({ ...options, url: `${options.url}?other` });
  expect(log.at(-1)).toBe('all -> 200');
  await writeFile(options.statePath, '{');
  await download(options);
  expect(log.at(-1)).toBe('all -> 200');
});

test('what is too large, or has no room, is refused before it comes', async () => {
  await expect(download({ ...options, maxBytes: 5 })).rejects.toMatchObject({ code: 'too_large' });
  const noRoom = new OperationalError('disk_full', 'controller', 'full');
  const requireRoom = async (bytes: number) => {
    expect(bytes).toBe(content.length);
    throw noRoom;
  };
  headers = { ...headers, 'content-length': String(content.length) };
  await expect(download({ ...options, requireRoom })).rejects.toBe(noRoom);
});

test('a server that is not there is tried a few times and then named', async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  await expect(download(options)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('The download from 127.0.0.1 failed: ECONNREFUSED'),
  });
});
