import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { signIn } from '../tests/cloud.ts';
import { FAULT_PASSWORD } from '../tests/faults/fault-cloud.ts';

const run = promisify(execFile);

const MANAGE = '/usr/bin/keystone-manage';
const GUNICORN = '/usr/bin/gunicorn';
/** Debian's, whatever other Python stands first in the path. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
/** Two processes of one thread, as for a machine of two CPUs; this kind of worker keeps connections open. */
const WORKERS = ['--workers', '2', '--worker-class', 'gthread', '--threads', '1'];

/**
 * Keystone itself, as Debian packages it (`python3-keystone` and `gunicorn`), on SQLite with its cache in memory and all
 * else as it comes. It holds the users, projects, groups, roles and assignments of a Cumulet database, ids and all.
 */
export class Keystone {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  url = '';
  token = '';

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined, and says so, where it is not installed. */
  static async start(cumuletDatabase: string): Promise<Keystone | undefined> {
    if (!existsSync(MANAGE) || !existsSync(GUNICORN)) {
      console.log('skipped, keystone not installed');
      return undefined;
    }
    const keystone = new Keystone(await mkdtemp(join(tmpdir(), 'cumulet-keystone-')));
    try {
      await keystone.#make(cumuletDatabase);
      await keystone.#serve();
    } catch (error) {
      await keystone.stop();
      throw error;
    }
    return keystone;
  }

  async stop(): Promise<void> {
    const { pid, exitCode } = this.#child ?? {};
    if (this.#child && pid !== undefined && exitCode === null) {
      const ended = once(this.#child, 'exit');
      // With its workers, which would first finish what they are at.
      process.kill(-pid, 'SIGKILL');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #make(cumuletDatabase: string): Promise<void> {
    const folder = this.#folder;
    const database = join(folder, 'keystone.db');
    const config = join(folder, 'keystone.conf');
    await writeFile(
      config,
      `[DEFAULT]\nlog_file = ${folder}/keystone.log\n[database]\nconnection = sqlite:///${database}\n` +
        `[fernet_tokens]\nkey_repository = ${folder}/keys\n[fernet_receipts]\nkey_repository = ${folder}/keys\n` +
        '[cache]\nenabled = true\nbackend = dogpile.cache.memory\n',
    );
    const manage = (...args: string[]) => run(MANAGE, ['--config-file', config, ...args], { env: { PATH } });
    await manage('db_sync');
    await manage('fernet_setup', '--keystone-user', 'root', '--keystone-group', 'root');
    await manage('bootstrap', '--bootstrap-password', FAULT_PASSWORD);
    const copy = new DatabaseSync(database);
    copy.prepare('ATTACH ? AS ours').run(cumuletDatabase);
    copy.exec(COPY);
    copy.close();
    await writeFile(
      join(folder, 'application.py'),
      `import sys\nsys.argv[1:] = ['--config-file', '${config}']\n` +
        'from keystone.server.wsgi import initialize_public_application\n' +
        'application = initialize_public_application()\n',
    );
  }

  async #serve(): Promise<void> {
    const address = `127.0.0.1:${await freePort()}`;
    const args = [GUNICORN, ...WORKERS, '--bind', address, '--chdir', this.#folder, 'application:application'];
    // Below the same path as ours.
    const env = { PATH, SCRIPT_NAME: '/identity' };
    this.#child = spawn('/usr/bin/python3', args, { env, stdio: 'ignore', detached: true });
    this.url = `http://${address}`;
    for (let left = 120; this.token === ''; left--) {
      await delay(500);
      const answer = await fetch(`${this.url}/identity/v3`).catch(() => undefined);
      if (answer?.ok) this.token = await signIn(this.url, FAULT_PASSWORD);
      else if (left === 0) throw new Error('Keystone does not answer');
    }
  }
}

/** Everybody has the password of the one user that is there: the hash is the same. */
const COPY = `
BEGIN;
INSERT INTO role (id, name, extra) SELECT id, name, '{}' FROM ours.identity_role
  WHERE domain_id IS NULL AND name NOT IN (SELECT name FROM role);
INSERT OR IGNORE INTO implied_role (prior_role_id, implied_role_id)
  SELECT p.id, i.id FROM ours.identity_implied_role o
  JOIN ours.identity_role op ON op.id = o.prior_role_id JOIN role p ON p.name = op.name
  JOIN ours.identity_role oi ON oi.id = o.implied_role_id JOIN role i ON i.name = oi.name;
INSERT INTO project (id, name, extra, description, enabled, domain_id, parent_id, is_domain)
  SELECT id, name, '{}', '', 1, 'default', parent_id, 0 FROM ours.identity_project
  WHERE domain_id = 'default' AND name LIKE 'project-%' ORDER BY name;
INSERT INTO user (id, extra, enabled, created_at, domain_id)
  SELECT id, '{}', 1, datetime('now'), 'default' FROM ours.identity_user WHERE name LIKE 'user-%';
INSERT INTO local_user (user_id, domain_id, name, failed_auth_count)
  SELECT id, 'default', name, 0 FROM ours.identity_user WHERE name LIKE 'user-%';
INSERT INTO password (local_user_id, self_service, password_hash, created_at_int, created_at)
  SELECT l.id, 0, p.password_hash, p.created_at_int, p.created_at FROM local_user l, password p WHERE l.name LIKE 'user-%';
INSERT INTO "group" (id, domain_id, name, description, extra)
  SELECT id, 'default', name, '', '{}' FROM ours.identity_group WHERE name LIKE 'group-%';
INSERT INTO user_group_membership (user_id, group_id) SELECT m.user_id, m.group_id FROM ours.identity_group_member m
  WHERE m.user_id IN (SELECT id FROM user) AND m.group_id IN (SELECT id FROM "group");
INSERT INTO assignment (type, actor_id, target_id, role_id, inherited)
  SELECT iif(a.user_id IS NULL, 'GroupProject', 'UserProject'), COALESCE(a.user_id, a.group_id), a.project_id, r.id,
    a.inherited
  FROM ours.identity_assignment a JOIN ours.identity_role o ON o.id = a.role_id JOIN role r ON r.name = o.name
  WHERE a.project_id IN (SELECT id FROM project) AND COALESCE(a.user_id, a.group_id) IN (
    SELECT id FROM user UNION ALL SELECT id FROM "group");
COMMIT`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}
