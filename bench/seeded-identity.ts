import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { PasswordHasher } from '../app/identity/token/password-hash.ts';

export interface SeededIdentity {
  userIds: string[];
  /** `user-00000` and so on, in the domain `default`, as `userIds`. */
  userNames: string[];
  projectIds: string[];
}

const SIZE = { users: 10_000, projects: 1_000, groups: 200, membersOfGroup: 50, assignments: 100_000 };
/** Projects stand in a tree this wide, so the lowest are four deep. */
const BELOW_EACH = 8;

/**
 * A cloud of 10,000 users, 1,000 projects in a tree and 100,000 assignments, beside what is in the database already: most
 * of them of users on projects, one in fifty of a group, one in two hundred inherited by the projects below. Every user
 * has `member` on the project `projectIds[index % projectIds.length]` and the password of `passwordHash`.
 */
export function seedIdentity(dataDir: string, passwordHash: string | null = null): SeededIdentity {
  const database = new DatabaseSync(join(dataDir, 'cumulet.db'), { timeout: 10_000 });
  database.exec('PRAGMA foreign_keys = ON');
  const now = new Date().toISOString();
  const insert = inserter(database);
  const ids = (count: number) => Array.from({ length: count }, () => randomUUID().replaceAll('-', ''));
  const projectIds = ids(SIZE.projects);
  const userIds = ids(SIZE.users);
  const groupIds = ids(SIZE.groups);
  const numbered = (thing: string, index: number) => `${thing}-${String(index).padStart(5, '0')}`;
  const userNames = userIds.map((_, index) => numbered('user', index));
  try {
    const roles = ['member', 'reader', 'manager'].map((name) =>
      String(database.prepare('SELECT id FROM identity_role WHERE name = ?').get(name)?.id),
    );
    database.exec('BEGIN');
    projectIds.forEach((id, index) => {
      const parent_id = index < BELOW_EACH ? 'default' : at(projectIds, Math.floor(index / BELOW_EACH) - 1);
      const name = numbered('project', index);
      const row = { id, name, domain_id: 'default', parent_id, enabled: 1, is_domain: 0, created_at: now };
      insert('identity_project', row);
    });
    userIds.forEach((id, index) => {
      const name = at(userNames, index);
      const password = { password_hash: passwordHash, password_created_at: now };
      insert('identity_user', { id, name, domain_id: 'default', enabled: 1, ...password, created_at: now });
    });
    groupIds.forEach((id, index) => {
      insert('identity_group', { id, name: numbered('group', index), domain_id: 'default', created_at: now });
      for (let member = 0; member < SIZE.membersOfGroup; member++) {
        insert('identity_group_member', { group_id: id, user_id: at(userIds, index * SIZE.membersOfGroup + member) });
      }
    });
    for (let index = 0; index < SIZE.assignments; index++) {
      const round = Math.floor(index / SIZE.users);
      const user = index % SIZE.users;
      const project = at(projectIds, (user + round * 37) % SIZE.projects);
      const isOfGroup = round > 0 && index % 50 === 1;
      const actor: Row = isOfGroup
        ? { group_id: at(groupIds, Math.floor(index / 50)) }
        : { user_id: at(userIds, user) };
      const role_id = round === 0 ? at(roles, 0) : at(roles, Math.floor(index / 50) % roles.length);
      const inherited = round > 0 && index % 200 === 3 ? 1 : 0;
      insert('identity_assignment', { ...actor, project_id: project, role_id, inherited });
    }
    database.exec('COMMIT');
    return { userIds, userNames, projectIds };
  } finally {
    database.close();
  }
}

/** A hash of their own each: a password that was right is known again by its hash, without the work. */
export async function setOwnPasswords(dataDir: string, userIds: readonly string[], password: string): Promise<void> {
  const hashes = await Promise.all(userIds.map(() => new PasswordHasher().hash(password)));
  const database = new DatabaseSync(join(dataDir, 'cumulet.db'), { timeout: 10_000 });
  const update = database.prepare('UPDATE identity_user SET password_hash = ? WHERE id = ?');
  userIds.forEach((id, index) => {
    update.run(at(hashes, index), id);
  });
  database.close();
}

type Row = Record<string, SQLInputValue>;

function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

function inserter(database: DatabaseSync): (table: string, row: Row) => void {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  return (table, row) => {
    const columns = Object.keys(row);
    const text = `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    const statement = statements.get(text) ?? database.prepare(text);
    statements.set(text, statement);
    statement.run(...Object.values(row));
  };
}
