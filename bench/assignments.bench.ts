// Who has which role on what, in effect, with 10,000 users, 1,000 projects and 100,000 assignments stored.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { openDatabase } from '../app/database/testing/migrated-database.ts';
import { EventService } from '../app/events/event.service.ts';
import { AssignmentRepository } from '../app/identity/assignment/assignment.repository.ts';
import {
  type AssignmentFilter,
  type AssignmentRow,
  RoleAssignmentRepository,
} from '../app/identity/assignment/role-assignment.repository.ts';
import { CredentialCipher } from '../app/identity/credential/credential-cipher.ts';
import { IdentityService } from '../app/identity/identity.service.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';
import { seedIdentity } from './seeded-identity.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-bench-'));
const database = await openDatabase(dataDir);
try {
  const identity = new IdentityService({
    cipher: new CredentialCipher(Buffer.alloc(32)),
    database,
    events: new EventService(database),
    log: pino({ level: 'silent' }),
  });
  await identity.start({ adminPassword: 'bench', resetAdminPassword: false });
  identity.close();
  const { userIds, projectIds } = seedIdentity(dataDir);
  const lists = new RoleAssignmentRepository(database);
  const assignments = new AssignmentRepository(database);
  const listEffective = async (filter: AssignmentFilter) =>
    (await Array.fromAsync(lists.listEffective(filter, false))).flat();
  const user = (round: number) => userIds.at(round * 101) ?? '';
  const project = (round: number) => projectIds.at(round * 11) ?? '';

  const byHand = await workedOut(await listEffective({}));
  const compare = async (name: string, times: number, filterOf: (round: number) => AssignmentFilter) => {
    const ours = await Samples.take(times, (round) => listEffective(filterOf(round)), 1);
    const theirs = await Samples.take(times, async (round) => byHand.select(filterOf(round)), 1);
    const peer = { peer: 'plain SELECT of the worked-out rows', peerValue: theirs.median };
    report({ figure: `effective assignments, ${name}`, value: ours.median, unit: 'ms', ...peer });
  };
  await compare(`all (${byHand.count} rows)`, 3, () => ({}));
  await compare('of a user', 80, (round) => ({ userId: user(round) }));
  await compare('on a project', 80, (round) => ({ projectId: project(round) }));
  await compare('of a user on a project', 80, (round) => ({ userId: user(round), projectId: project(round) }));
  byHand.close();

  const roles = await Samples.take(80, (round) =>
    assignments.rolesOf(user(round), { type: 'project', id: projectIds.at((round * 101) % projectIds.length) ?? '' }),
  );
  report({ figure: 'roles of a token', value: roles.median, unit: 'ms' });
  const targets = await Samples.take(80, (round) => assignments.targetsOf(user(round), 'project'));
  report({ figure: 'projects of a user', value: targets.median, unit: 'ms' });
} finally {
  await database.close();
  await rm(dataDir, { recursive: true });
}

/** The peer: the same rows, worked out before and stored, read with Node's SQLite alone. */
async function workedOut(rows: AssignmentRow[]) {
  const file = new DatabaseSync(join(dataDir, 'worked-out.db'));
  const columns = Object.keys(rows[0] ?? {});
  file.exec(`CREATE TABLE effective (${columns.join(', ')}); BEGIN`);
  const insert = file.prepare(`INSERT INTO effective VALUES (${columns.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(...Object.values(row));
  file.exec('COMMIT; CREATE INDEX by_user ON effective (user_id); CREATE INDEX by_project ON effective (project_id)');
  const all = file.prepare('SELECT * FROM effective');
  const ofUser = file.prepare('SELECT * FROM effective WHERE user_id = ?');
  const onProject = file.prepare('SELECT * FROM effective WHERE project_id = ?');
  const both = file.prepare('SELECT * FROM effective WHERE user_id = ? AND project_id = ?');
  return {
    count: rows.length,
    close: () => file.close(),
    select: ({ userId, projectId }: AssignmentFilter) => {
      if (userId !== undefined && projectId !== undefined) return both.all(userId, projectId);
      if (userId !== undefined) return ofUser.all(userId);
      return projectId === undefined ? all.all() : onProject.all(projectId);
    },
  };
}
