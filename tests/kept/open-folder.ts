import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Duplex } from 'node:stream';
import { brotliDecompressSync } from 'node:zlib';
import { QmpClient } from '../../agent/hypervisor/qemu/qmp-client.ts';
import { repository } from '../cloud.ts';
import type { KeptFolder } from './waiting-tasks.ts';

const here = join(repository, 'tests', 'kept');

export async function keptNames(): Promise<string[]> {
  return (await readdir(here))
    .filter((name) => name.endsWith('.tar.br'))
    .map((name) => name.slice(0, -'.tar.br'.length));
}

export async function readKept(name: string): Promise<KeptFolder> {
  return JSON.parse(await readFile(join(here, `${name}.json`), 'utf8'));
}

/** Unpacks a kept folder to a place of its own; images are to be had from `origin`. */
export async function unpackKept(name: string, kept: KeptFolder, origin: string): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-'));
  const tar = spawn('tar', ['-xf', '-', '-C', dataDir], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(tar, 'close');
  tar.stdin.end(brotliDecompressSync(await readFile(join(here, `${name}.tar.br`))));
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar ended with ${code}`);
  const database = new DatabaseSync(join(dataDir, 'cumulet.db'));
  database.prepare('UPDATE task SET args = replace(args, ?, ?)').run(kept.origin, origin);
  database.close();
  return dataDir;
}

/** Starts the processes that ran, with the command lines of then, as an agent of then left them. Answers their pids. */
export async function startKeptMachines(kept: KeptFolder, dataDir: string): Promise<Map<string, number>> {
  const pids = new Map<string, number>();
  for (const [id, { commandLine, isPaused }] of Object.entries(kept.processes)) {
    const [program = '', ...args] = commandLine.map((argument) => argument.replaceAll(kept.dataDir, dataDir));
    const folder = join(dataDir, 'agent', 'machines', id);
    await mkdir(join(dataDir, 'agent', 'run', id), { recursive: true, mode: 0o700 });
    const log = await open(join(folder, 'qemu.log'), 'a');
    const child = spawn(program, args, { detached: true, cwd: folder, stdio: ['ignore', log.fd, log.fd, 'pipe'] });
    await log.close();
    const monitor = child.stdio[3];
    if (!(monitor instanceof Duplex) || child.pid === undefined) throw new Error(`${program} does not start`);
    // Its greeting says that all its sockets are there.
    const client = await QmpClient.open(monitor, () => undefined, { timeoutMs: 60_000 });
    if (isPaused) await client.execute('stop');
    client.destroy();
    child.unref();
    pids.set(id, child.pid);
  }
  return pids;
}
