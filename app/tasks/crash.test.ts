import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { once } from '../contract/testing/waiting.ts';
import { openDatabase } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { TaskRepository } from './task.repository.ts';

const SCRIPT = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url));

async function run(
  folder: string,
  failPoint: string | undefined,
): Promise<{ code: number | null; signal: string | null }> {
  const env = { ...process.env, CUMULET_FAILPOINT: failPoint };
  const child = spawn(process.execPath, [SCRIPT, folder], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code, signal] = await once(child, 'exit');
  return { code, signal };
}

test.for([
  { failPoint: 'thing.make.one.before', effects: ['one', 'two'] },
  { failPoint: 'thing.make.one.after', effects: ['one', 'one', 'two'] },
  { failPoint: 'thing.make.two.before', effects: ['one', 'two'] },
  { failPoint: 'thing.make.two.after', effects: ['one', 'two', 'two'] },
])('killed at $failPoint the task goes on and is recorded once', async ({ failPoint, effects }) => {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-crash-'));
  try {
    expect(await run(folder, failPoint)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await run(folder, undefined)).toEqual({ code: 0, signal: null });
    expect((await readFile(join(folder, 'effects'), 'utf8')).trim().split('\n')).toEqual(effects);
    const database = await openDatabase(folder);
    const [record, ...others] = await new TaskRepository(database).list({ visibleTo: 'all', limit: 10 });
    const events = await new EventService(database).list({ after: 0, visibleTo: 'all', limit: 10 });
    await database.close();
    expect(others).toEqual([]);
    expect(record).toMatchObject({ state: 'succeeded', steps: [{ state: 'done' }, { state: 'done' }] });
    expect(events.map(({ type }) => type)).toEqual(['port.create.end', 'port.update.end']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
