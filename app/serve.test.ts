import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pino from 'pino';
import { expect, test } from 'vitest';
import { CHEAP_HASH } from './identity/testing/cheap-hash.ts';
import { serve } from './serve.ts';

/** Serves once from a folder of that mode; answers what was warned of. */
async function warningsOf(mode: number): Promise<string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-mode-'));
  const lines: string[] = [];
  const sink = new Writable({
    write: (line, _encoding, done) => {
      lines.push(String(line));
      done();
    },
  });
  try {
    await chmod(dataDir, mode);
    const log = pino({ level: 'warn' }, sink);
    const controller = await serve({
      dataDir,
      listen: '127.0.0.1:0',
      adminPassword: 'secret',
      hashCost: CHEAP_HASH,
      log,
    });
    await controller.close();
    expect((await stat(dataDir)).mode & 0o777).toBe(mode);
    // Whoever may look into the folder reads nothing of what is in it.
    for (const name of ['cumulet.db', 'secrets']) {
      expect((await stat(join(dataDir, name))).mode & 0o077, name).toBe(0);
    }
  } finally {
    await rm(dataDir, { recursive: true });
  }
  return lines.filter((line) => line.includes('chmod 700'));
}

test.skipIf(process.platform === 'win32')('a data folder that others may look into is warned of', async () => {
  expect(await warningsOf(0o700)).toEqual([]);
  for (const mode of [0o755, 0o750, 0o701]) expect(await warningsOf(mode), mode.toString(8)).toHaveLength(1);
});
