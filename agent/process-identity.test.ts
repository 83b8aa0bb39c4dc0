import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { once } from '../app/contract/testing/waiting.ts';
import { findProcessByArgument, identifyProcess, isAlive, killProcess } from './process-identity.ts';

function startSleeper(argument: string) {
  return spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)', argument], { stdio: 'ignore' });
}

describe('a process', () => {
  test('is found by an argument only it has, told from another by its start, and killed', async () => {
    const argument = `/only/this/${process.pid}/${Math.random()}`;
    const child = startSleeper(argument);
    const exited = once(child, 'exit');
    await once(child, 'spawn');
    const found = await findProcessByArgument(argument);
    expect(found?.pid).toBe(child.pid);
    if (found === null) throw new Error('not found');
    expect(await isAlive(found)).toBe(true);
    expect(await isAlive({ ...found, startedAt: '1' })).toBe(false);
    await killProcess({ ...found, startedAt: '1' });
    expect(await isAlive(found)).toBe(true);
    await killProcess(found);
    await exited;
    expect(await identifyProcess(found.pid)).toBeNull();
    expect(await findProcessByArgument(argument)).toBeNull();
  });
});
