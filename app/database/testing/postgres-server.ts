import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For vitest, of a project whose tests run on PostgreSQL: one server for all of them, gone with the run. */
export default function setup(): () => Promise<void> {
  const server = PostgresServer.start();
  process.env.CUMULET_TEST_POSTGRES = server.folder;
  return async () => await server.stop();
}

const SETTINGS = `
listen_addresses = ''
max_connections = 300
shared_buffers = 64MB
max_wal_size = 4GB
`;

/** What it forgets with the power is what tests forget anyway. */
const FORGETFUL = `
fsync = off
full_page_writes = off
autovacuum = off
`;

/**
 * A server of its own in a temporary folder, reached over a socket in there. Names are ordered as people do, not by
 * bytes, to see that the schema does not care.
 */
export class PostgresServer {
  readonly folder: string;
  readonly #bin: string;
  readonly #user: { uid: number; gid: number } | undefined;
  readonly #keeper: ChildProcess;

  private constructor(folder: string, bin: string) {
    this.folder = folder;
    this.#bin = bin;
    this.#user = process.getuid?.() === 0 ? ordinaryUser() : undefined;
    if (this.#user) chownSync(folder, this.#user.uid, this.#user.gid);
    // Ends the server with its standard input, so also where the run is killed.
    const script = 'cat >/dev/null; "$0" -D data -m immediate -w stop; rm -rf "$PWD"';
    this.#keeper = spawn('sh', ['-c', script, join(bin, 'pg_ctl')], {
      ...this.#user,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
  }

  /** `isDurable`: as a server that people run, for figures. */
  static start({ isDurable = false } = {}): PostgresServer {
    const folder = mkdtempSync(join(tmpdir(), 'cumulet-postgres-'));
    const server = new PostgresServer(folder, findPrograms());
    server.#run(
      'initdb',
      '-U',
      'cumulet',
      '-A',
      'trust',
      '-N',
      '-E',
      'UTF8',
      '--locale-provider=icu',
      '--icu-locale=en',
    );
    appendFileSync(
      join(folder, 'data', 'postgresql.conf'),
      `${SETTINGS}${isDurable ? '' : FORGETFUL}unix_socket_directories = '${folder}'\n`,
    );
    server.#run('pg_ctl', '-w', '-l', 'log', 'start');
    return server;
  }

  /** As after a crash. */
  restart(): void {
    this.#run('pg_ctl', '-m', 'immediate', '-w', '-l', 'log', 'restart');
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#keeper.once('close', resolve));
    this.#keeper.stdin?.end();
    await gone;
  }

  #run(program: string, ...given: string[]): void {
    const { status, error } = spawnSync(join(this.#bin, program), ['-D', 'data', ...given], {
      ...this.#user,
      cwd: this.folder,
      stdio: 'ignore',
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    });
    if (status !== 0) throw new Error(`${program} ${given.join(' ')} failed in ${this.folder}`, { cause: error });
  }
}

/** Debian keeps them out of the path. */
function findPrograms(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(':')];
  const bin = places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'pg_ctl')));
  if (bin === undefined) throw new Error('These tests need PostgreSQL: install the package postgresql.');
  return bin;
}

/** The server refuses to run as root; its package has made a user for it. */
function ordinaryUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [id('-u'), id('-g')];
  if (!uid || !gid) throw new Error('PostgreSQL does not run as root, and there is no user "postgres".');
  return { uid, gid };
}
