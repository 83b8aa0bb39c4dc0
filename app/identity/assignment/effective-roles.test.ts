import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { openMigrated } from '../../database/testing/migrated-database.ts';
import type { Scope } from '../token/token.ts';
import { AssignmentRepository } from './assignment.repository.ts';
import { type AssignmentFilter, RoleAssignmentRepository } from './role-assignment.repository.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const DOMAINS = ['d0', 'd1'];
const PROJECTS = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
const USERS = ['u0', 'u1', 'u2'];
const GROUPS = ['g0', 'g1'];
/** The last is of a domain: it counts only by what it implies. */
const ROLES = ['r0', 'r1', 'r2', 'r3', 'local'];

interface Assignment {
  actor: string;
  target: string;
  role: string;
  inherited: boolean;
}
interface World {
  /** For each project the domain or an earlier project it stands below. */
  parents: string[];
  members: { group: string; user: string; isExpired: boolean; isFederated: boolean }[];
  implied: [string, string][];
  assignments: Assignment[];
}

const assignments = fc.array(
  fc.record({
    actor: fc.constantFrom(...USERS, ...GROUPS),
    target: fc.constantFrom(...DOMAINS, ...PROJECTS, 'system'),
    role: fc.constantFrom(...ROLES),
    inherited: fc.boolean(),
  }),
  { maxLength: 12 },
);
const worlds: fc.Arbitrary<World> = fc.record({
  parents: fc.tuple(...PROJECTS.map((_, index) => fc.constantFrom(...DOMAINS, ...PROJECTS.slice(0, index)))),
  members: fc.array(
    fc.record({
      group: fc.constantFrom(...GROUPS),
      user: fc.constantFrom(...USERS),
      isExpired: fc.boolean(),
      isFederated: fc.boolean(),
    }),
    { maxLength: 5 },
  ),
  implied: fc.array(fc.tuple(fc.constantFrom(...ROLES), fc.constantFrom(...ROLES.slice(0, 4))), { maxLength: 6 }),
  assignments: assignments.map((all) =>
    all.map((one) => (one.target === 'system' ? { ...one, inherited: false } : one)),
  ),
});

/** Roles of a user on a target, by following one step after the other as a person would. */
function rolesByHand(world: World, user: string, target: string): string[] {
  const actors = new Set([user]);
  for (const member of world.members) if (member.user === user && !isOver(member)) actors.add(member.group);
  const above = ancestorsOf(world, target);
  const roles = new Set<string>();
  for (const { actor, target: place, role, inherited } of world.assignments) {
    if (actors.has(actor) && (inherited ? above.includes(place) : place === target)) roles.add(role);
  }
  for (let size = -1; size !== roles.size; ) {
    size = roles.size;
    for (const [prior, implied] of world.implied) if (roles.has(prior)) roles.add(implied);
  }
  return [...roles].filter((role) => role !== 'local').sort();
}

function isOver({ isExpired, isFederated }: World['members'][number]): boolean {
  return isExpired && isFederated;
}

function ancestorsOf(world: World, target: string): string[] {
  const parent = world.parents[PROJECTS.indexOf(target)];
  return parent === undefined ? [] : [parent, ...ancestorsOf(world, parent)];
}

let dataDir: string;
let database: Database;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cumulet-roles-'));
  database = await openMigrated(dataDir);
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true });
});

async function store(world: World): Promise<void> {
  const common = { enabled: 1, created_at: '' };
  const domainOf = (project: string) => ancestorsOf(world, project).at(-1) ?? null;
  await database.transaction(async (trx) => {
    await trx.deleteFrom('identity_role').execute();
    await trx.deleteFrom('identity_project').execute();
    const domains = DOMAINS.map((id) => ({ ...common, id, name: id, domain_id: null, parent_id: null, is_domain: 1 }));
    const projects = PROJECTS.map((id, index) => ({
      ...common,
      ...{ id, name: id, domain_id: domainOf(id), parent_id: world.parents[index] ?? null, is_domain: 0 },
    }));
    await trx
      .insertInto('identity_project')
      .values([...domains, ...projects])
      .execute();
    const named = (id: string) => ({ id, name: id, domain_id: 'd0', created_at: '' });
    await trx
      .insertInto('identity_user')
      .values(USERS.map((id) => ({ ...named(id), enabled: 1 })))
      .execute();
    await trx.insertInto('identity_group').values(GROUPS.map(named)).execute();
    const roles = ROLES.map((id) => ({ id, name: id, domain_id: id === 'local' ? 'd0' : null }));
    await trx.insertInto('identity_role').values(roles).execute();
    for (const { group, user, isExpired, isFederated } of world.members) {
      const expires = new Date(NOW + (isExpired ? 0 : 1)).toISOString();
      const idp = isFederated ? { idp_id: 'idp', expires_at: expires } : { idp_id: null, expires_at: null };
      const member = { group_id: group, user_id: user, ...idp };
      await trx
        .insertInto('identity_group_member')
        .values(member)
        .onConflict((c) => c.doNothing())
        .execute();
    }
    for (const [prior_role_id, implied_role_id] of world.implied) {
      const rule = { prior_role_id, implied_role_id };
      await trx
        .insertInto('identity_implied_role')
        .values(rule)
        .onConflict((c) => c.doNothing())
        .execute();
    }
    for (const { actor, target, role, inherited } of world.assignments) {
      const who = USERS.includes(actor) ? { user_id: actor } : { group_id: actor };
      let on = {};
      if (DOMAINS.includes(target)) on = { domain_id: target };
      if (PROJECTS.includes(target)) on = { project_id: target };
      await new AssignmentRepository(database).insert(trx, { actor: who, target: on, inherited }, role);
    }
  });
}

test('tokens, their scopes and effective lists all come to what following step by step comes to', async () => {
  const assignmentRows = new AssignmentRepository(database, () => NOW);
  // Two users at once, so that there are several parts.
  const lists = new RoleAssignmentRepository(database, () => NOW, { everywhere: 2, onOne: 2 });
  const listEffective = async (filter: AssignmentFilter, withNames = false) =>
    (await Array.fromAsync(lists.listEffective(filter, withNames))).flat();
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      // The first of two that differ only in when they expire is the one that is stored.
      const seen = new Set<string>();
      world.members = world.members.filter((one) => {
        const key = `${one.group} ${one.user} ${one.isFederated}`;
        return !seen.has(key) && seen.add(key);
      });
      await store(world);
      const everywhere = await listEffective({});
      const onSystem = await listEffective({ system: true });
      expect(new Set(everywhere.map((row) => JSON.stringify(row))).size).toBe(everywhere.length);
      for (const user of USERS) {
        const held = { project: [] as string[], domain: [] as string[], system: [] as string[] };
        const ofUser = await listEffective({ userId: user }, true);
        for (const target of [...PROJECTS, ...DOMAINS, 'system']) {
          const roles = rolesByHand(world, user, target);
          const kind = target === 'system' ? 'system' : DOMAINS.includes(target) ? 'domain' : 'project';
          const scope: Scope = kind === 'system' ? { type: kind } : { type: kind, id: target };
          expect((await assignmentRows.rolesOf(user, scope)).map(({ id }) => id)).toEqual(roles);
          if (roles.length > 0) held[kind].push(target);
          const place = (row: { project_id: string | null; domain_id: string | null }) =>
            row.project_id ?? row.domain_id ?? 'system';
          const rolesIn = (rows: typeof everywhere) => {
            const there = rows.filter((row) => row.user_id === user && place(row) === target);
            return [...new Set(there.map(({ role_id }) => role_id))].sort();
          };
          const asked = kind === 'system' ? { system: true } : { [`${kind}Id`]: target };
          expect(rolesIn(await listEffective({ ...asked, userId: user }))).toEqual(roles);
          expect(rolesIn(await listEffective(asked))).toEqual(roles);
          expect(rolesIn(kind === 'system' ? onSystem : everywhere)).toEqual(roles);
          if (kind !== 'system') expect(rolesIn(ofUser)).toEqual(roles);
        }
        for (const kind of ['project', 'domain', 'system'] as const) {
          expect((await assignmentRows.targetsOf(user, kind)).sort()).toEqual(held[kind].sort());
        }
      }
      for (const root of PROJECTS) {
        const inTree = everywhere.filter(
          ({ project_id }) => project_id === root || (project_id && ancestorsOf(world, project_id).includes(root)),
        );
        const tree = await listEffective({ projectId: root, withSubtree: true });
        const sorted = (rows: typeof tree) => rows.map((row) => JSON.stringify(row)).sort();
        expect(sorted(tree)).toEqual(sorted(inTree));
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
