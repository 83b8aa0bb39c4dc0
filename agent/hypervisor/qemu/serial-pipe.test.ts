import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RuntimeFiles, runtimeFiles } from './machine-files.ts';
import { makeSerialPipe, openSerialInput } from './serial-pipe.ts';

let runtime: RuntimeFiles;
beforeEach(async () => {
  runtime = runtimeFiles(await mkdtemp(join(tmpdir(), 'cumulet-serial-')));
});
afterEach(() => rm(runtime.runtime, { recursive: true }));

test('what is typed reaches a process of an older release by its socket', async () => {
  const server = createServer().listen(runtime.serialSocket);
  const connected = once(server, 'connection');
  const input = await openSerialInput(runtime);
  input?.write('typed');
  const [socket] = (await connected) as [Socket];
  expect(String((await once(socket, 'data'))[0])).toBe('typed');
  input?.destroy();
  server.close();
});

test('where the process has ended there is nobody to type to', async () => {
  await makeSerialPipe(runtime);
  expect(await openSerialInput(runtime)).toBeNull();
});
