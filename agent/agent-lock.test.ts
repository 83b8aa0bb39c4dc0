import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { once } from '../app/contract/testing/waiting.ts';
import { takeAgentLock } from './agent-lock.ts';
import { makeTemporaryFolder } from './testing/temporary-folder.ts';

test('a second agent is told which process holds the folder; a released folder can be taken', async () => {
  await using folder = await makeTemporaryFolder();
  const lock = takeAgentLock(folder.path);
  expect(() => takeAgentLock(folder.path)).toThrow(
    expect.objectContaining({ code: 'conflict', message: expect.stringContaining(`(pid ${process.pid})`) }),
  );
  lock.release();
  takeAgentLock(folder.path).release();
});

test('the lock of a process that was killed is gone with it', async () => {
  await using folder = await makeTemporaryFolder();
  const script = join(folder.path, 'holder.mjs');
  const lockModule = new URL('./agent-lock.ts', import.meta.url).href;
  await writeFile(
    script,
    `const { takeAgentLock } = await import(${JSON.stringify(lockModule)});
     takeAgentLock(${JSON.stringify(folder.path)});
     process.send('held');
     setInterval(() => undefined, 1000);`,
  );
  const holder = fork(script, [], { stdio: 'ignore', execArgv: ['--disable-warning=ExperimentalWarning'] });
  await once(holder, 'message');
  expect(() => takeAgentLock(folder.path)).toThrow(`pid ${holder.pid}`);
  const exited = once(holder, 'exit');
  holder.kill('SIGKILL');
  await exited;
  takeAgentLock(folder.path).release();
});
