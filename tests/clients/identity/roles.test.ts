import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestCloud } from '../../cloud.ts';
import { OpenStackSession } from '../testing/openstack-session.ts';

/** Roles, what they imply and who has them where, by the `openstack` command. */
let cloud: TestCloud;
let openstack: OpenStackSession;

beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start());
  await openstack.run('domain create works');
  await openstack.run('project create --domain works hall');
  await openstack.run('project create --domain works --parent hall bench');
  await openstack.run('user create --domain works ann');
  await openstack.run('group create --domain works crew');
  await openstack.run('group add user --group-domain works --user-domain works crew ann');
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
});

const ann = '--user ann --user-domain works';
const crew = '--group crew --group-domain works';
const hall = '--project hall --project-domain works';
const bench = '--project bench --project-domain works';

/** As the table shows it, empty cells left out. */
async function assignments(filter: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = await openstack.json(`role assignment list --names ${filter}`);
  return rows
    .map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell)))
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

test('role: of all domains, of one, immutable', async () => {
  const made = await openstack.json('role create --immutable --description works worker');
  expect(made).toMatchObject({ name: 'worker', description: 'works', domain_id: null, options: { immutable: true } });
  expect(await openstack.json('role create --or-show worker')).toEqual(made);
  expect(await openstack.refusal('role set --name other worker')).toMatch(/immutable.*HTTP 403/);
  expect(await openstack.refusal('role delete worker')).toMatch(/immutable.*HTTP 403/);
  await openstack.run('role set --no-immutable worker');
  await openstack.run('role set --name labourer --description labours worker');
  expect(await openstack.json('role show labourer')).toMatchObject({ id: made.id, description: 'labours' });

  await openstack.run('role create --domain works foreman');
  expect(await openstack.json('role show --domain works foreman')).toMatchObject({ name: 'foreman' });
  expect(await openstack.json('role list --domain works')).toMatchObject([{ Name: 'foreman', Domain: 'works' }]);
  const all: { Name: string }[] = await openstack.json('role list');
  expect(all.map(({ Name }) => Name).sort()).toEqual(['admin', 'labourer', 'manager', 'member', 'reader', 'service']);
  await openstack.run('role set --domain works --name boss foreman');
  await openstack.run('role delete --domain works boss');
  await openstack.run('role delete labourer');
});

test('implied role', async () => {
  await openstack.run('role create painter');
  await openstack.run('implied role create painter --implied-role member');
  const implied: Record<string, string>[] = await openstack.json('implied role list');
  expect(implied.map((row) => `${row['Prior Role Name']} > ${row['Implied Role Name']}`).sort()).toEqual([
    'admin > manager',
    'manager > member',
    'member > reader',
    'painter > member',
  ]);
  expect(await openstack.refusal('implied role create reader --implied-role painter')).toMatch(/HTTP 403/);
  await openstack.run(`role add ${ann} ${hall} painter`);
  expect((await assignments(`--effective ${ann} ${hall}`)).map(({ Role }) => Role)).toEqual([
    'member',
    'painter',
    'reader',
  ]);
  await openstack.run('implied role delete painter --implied-role member');
  expect(await assignments(`--effective ${ann} ${hall}`)).toEqual([
    { Role: 'painter', User: 'ann@works', Project: 'hall@works' },
  ]);
  await openstack.run('role delete painter');
  expect(await assignments(ann)).toEqual([]);
});

test('roles on projects, domains and the system, direct, by group and inherited', async () => {
  await openstack.run('role create --domain works foreman');
  const given = [
    `${ann} ${hall} member`,
    `${ann} --domain works reader`,
    `${ann} --system all reader`,
    `${ann} ${hall} --role-domain works foreman`,
    `${crew} ${hall} --inherited manager`,
    `${crew} --domain works --inherited reader`,
    `${crew} --system all member`,
  ];
  for (const grant of given) await openstack.run(`role add ${grant}`);
  const byAnn = { User: 'ann@works' };
  const byCrew = { Group: 'crew@works' };
  expect(await assignments(ann)).toEqual([
    { Role: 'foreman', ...byAnn, Project: 'hall@works' },
    { Role: 'member', ...byAnn, Project: 'hall@works' },
    { Role: 'reader', ...byAnn, Domain: 'works' },
    { Role: 'reader', ...byAnn, System: 'all' },
  ]);
  expect(await assignments(crew)).toEqual([
    { Role: 'manager', ...byCrew, Project: 'hall@works', Inherited: true },
    { Role: 'member', ...byCrew, System: 'all' },
    { Role: 'reader', ...byCrew, Domain: 'works', Inherited: true },
  ]);
  expect(await assignments('--inherited')).toHaveLength(2);
  expect(await assignments('--system all')).toHaveLength(3);
  expect(await assignments('--role foreman --role-domain works')).toHaveLength(1);
  expect(await assignments(`--effective ${ann} ${bench}`)).toEqual([
    { Role: 'manager', ...byAnn, Project: 'bench@works', Inherited: true },
    { Role: 'member', ...byAnn, Project: 'bench@works', Inherited: true },
    { Role: 'reader', ...byAnn, Project: 'bench@works', Inherited: true },
    { Role: 'reader', ...byAnn, Project: 'bench@works', Inherited: true },
  ]);
  expect(await assignments('--auth-user --auth-project')).toEqual([
    { Role: 'admin', User: 'admin@Default', Project: 'admin@Default' },
  ]);
  const [bare] = await openstack.json(`role assignment list ${ann} --domain works`);
  expect(bare).toMatchObject({ Role: expect.stringMatching(/^[0-9a-f]{32}$/), Project: '', Inherited: false });

  for (const grant of given) await openstack.run(`role remove ${grant}`);
  expect([...(await assignments(ann)), ...(await assignments(crew))]).toEqual([]);
  expect(await openstack.refusal(`role remove ${given[0]}`)).toMatch(/Could not find role assignment.*HTTP 404/);
});
