import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_METADATA_SETTINGS, metadataSettingsSchema } from './metadata.settings.ts';
import { FACTS } from './testing/guest-facts.fixture.ts';
import { VendorData } from './vendor-data.ts';

const log = pino({ level: 'silent' });

function vendorData(settings: Partial<typeof DEFAULT_METADATA_SETTINGS>): VendorData {
  return new VendorData({ settings: { ...DEFAULT_METADATA_SETTINGS, ...settings }, log });
}

test('without settings there is none', async () => {
  expect(await vendorData({}).fixed()).toEqual({});
  expect(await vendorData({}).asked(FACTS)).toEqual({});
});

test('the file is read each time, and what is none says which file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-vendor-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'vendor.json');
  const vendor = vendorData({ vendordata_jsonfile_path: path });
  await expect(vendor.fixed()).rejects.toThrow(path);
  await writeFile(path, '{"a": 1}');
  expect(await vendor.fixed()).toEqual({ a: 1 });
  await writeFile(path, '{"a": 2}');
  expect(await vendor.fixed()).toEqual({ a: 2 });
  for (const wrong of ['[1]', '"x"', 'null', '{']) {
    await writeFile(path, wrong);
    await expect(vendor.fixed()).rejects.toMatchObject({ hint: expect.stringContaining('vendordata_jsonfile_path') });
  }
});

test.each([
  [['no-name'], 'NAME@URL'],
  [['a@ftp://x'], 'NAME@URL'],
  [['a@http://x', 'a@http://y'], 'same name twice'],
])('the targets %j are refused', (vendordata_dynamic_targets, why) => {
  expect(metadataSettingsSchema.safeParse({ vendordata_dynamic_targets }).error?.issues[0]?.message).toContain(why);
});

describe('services that are asked about a machine', () => {
  let server: Server;
  let url: string;
  let questions: unknown[];
  let reply: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    questions = [];
    reply = (_request, response) => response.end('{"told": true}');
    server = createServer((request, response) => {
      json(request).then((question) => {
        questions.push(question);
        reply(request, response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test('are told what Nova tells them, and not the password', async () => {
    const vendor = vendorData({ vendordata_dynamic_targets: [`one@${url}a`, `two@${url}b`] });
    expect(await vendor.asked(FACTS)).toEqual({ one: { told: true }, two: { told: true } });
    const { projectId, serverId, imageId, userData, hostname, metadata } = FACTS;
    const question = { 'project-id': projectId, 'instance-id': serverId, 'image-id': imageId, 'user-data': userData };
    expect(questions).toEqual(Array(2).fill({ ...question, hostname, metadata, 'boot-roles': '' }));
  });

  test('are asked again when what they are told is another, and not each time', async () => {
    const vendor = vendorData({ vendordata_dynamic_targets: [`one@${url}`] });
    await Promise.all(Array.from({ length: 20 }, () => vendor.asked(FACTS)));
    expect(questions).toHaveLength(1);
    await vendor.asked({ ...FACTS, metadata: { role: 'other' } });
    expect(questions).toHaveLength(2);
  });

  const failures: [string, typeof reply][] = [
    ['an error', (_request, response) => response.writeHead(500).end()],
    ['no JSON', (_request, response) => response.end('<html>')],
    ['another address', (_request, response) => response.writeHead(302, { location: url }).end()],
    ['too much', (_request, response) => response.end('x'.repeat(2 * 1024 * 1024))],
    ['nothing', () => undefined],
  ];
  test.each(failures)('that answer with %s are passed over, or fatal where that is wanted', async (_what, how) => {
    reply = how;
    const settings = {
      vendordata_dynamic_targets: [`one@${url}`],
      vendordata_dynamic_connect_timeout: 1,
      vendordata_dynamic_read_timeout: 1,
    };
    expect(await vendorData(settings).asked(FACTS)).toEqual({ one: {} });
    const strict = vendorData({ ...settings, vendordata_dynamic_failure_fatal: true });
    await expect(strict.asked(FACTS)).rejects.toMatchObject({ code: 'unavailable' });
    reply = (_request, response) => response.end('');
    // What failed is not kept.
    expect(await strict.asked(FACTS)).toEqual({ one: {} });
  });
});
