import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestCloud } from '../../cloud.ts';
import { OpenStackSession } from '../testing/openstack-session.ts';

/** Regions, services, endpoints, who sees them, stored policies and limits by the `openstack` command. */
let cloud: TestCloud;
let openstack: OpenStackSession;
let folder: string;
const anId = expect.stringMatching(/^[0-9a-f]{32}$/);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-clients-'));
  ({ cloud, openstack } = await OpenStackSession.start());
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
  await rm(folder, { recursive: true, force: true });
});

async function jsonFile(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

test('region', async () => {
  expect(await openstack.json('region create --description Top north')).toMatchObject({
    region: 'north',
    description: 'Top',
    parent_region: null,
  });
  await openstack.run('region create --parent-region north north-a');
  expect(await openstack.refusal('region create north')).toMatch(/HTTP 409/);
  await openstack.run('region set --description Moved --parent-region RegionOne north-a');
  expect(await openstack.json('region show north-a')).toMatchObject({
    region: 'north-a',
    description: 'Moved',
    parent_region: 'RegionOne',
  });
  expect(await openstack.json('region list --parent-region RegionOne')).toEqual([
    { Region: 'north-a', 'Parent Region': 'RegionOne', Description: 'Moved' },
  ]);
  expect(await openstack.refusal('region set --parent-region none north')).toMatch(/HTTP 40[04]/);
  await openstack.run('region delete north-a north');
  expect(await openstack.json('region list')).toMatchObject([{ Region: 'RegionOne' }]);
});

test('service and endpoint', async () => {
  const backup = await openstack.json('service create --name copies --description "keeps copies" backup');
  expect(backup).toEqual({
    id: anId,
    name: 'copies',
    type: 'backup',
    description: 'keeps copies',
    enabled: true,
  });
  await openstack.run('service set --name safe --description "keeps them safe" --disable backup');
  expect(await openstack.json('service show safe')).toMatchObject({ id: backup.id, enabled: false });
  await openstack.run('service set --type safe-keeping --enable safe');
  const listed: Record<string, unknown>[] = await openstack.json('service list --long');
  expect(listed.find(({ ID }) => ID === backup.id)).toEqual({
    ID: backup.id,
    Name: 'safe',
    Type: 'safe-keeping',
    Description: 'keeps them safe',
    Enabled: true,
  });

  const url = 'http://safe.example/$(project_id)s';
  const made = await openstack.json(`endpoint create --region south safe-keeping public '${url}'`);
  expect(made).toEqual({
    id: anId,
    region: 'south',
    region_id: 'south',
    service_id: backup.id,
    service_name: 'safe',
    service_type: 'safe-keeping',
    interface: 'public',
    enabled: true,
    url,
  });
  await openstack.run(`endpoint create --disable --region south safe internal http://inside.example`);
  expect(await openstack.json('catalog show safe-keeping')).toMatchObject({
    endpoints: [{ url: expect.stringMatching(/^http:\/\/safe\.example\/[0-9a-f]{32}$/), region: 'south' }],
  });
  await openstack.run(`endpoint set --region RegionOne --url http://safe.example/v1 --interface admin ${made.id}`);
  const row = { ID: made.id, Interface: 'admin', Region: 'RegionOne', URL: 'http://safe.example/v1', Enabled: true };
  expect(await openstack.json('endpoint list --service safe --interface admin --region RegionOne')).toEqual([
    { ...row, 'Service Name': 'safe', 'Service Type': 'safe-keeping' },
  ]);
  expect(await openstack.json(`endpoint show ${made.id}`)).toMatchObject({ interface: 'admin', region: 'RegionOne' });
  expect(await openstack.refusal('endpoint create safe public nowhere')).toMatch(/url.*HTTP 400/s);

  await openstack.run('project create shop');
  await openstack.run(`endpoint add project ${made.id} shop`);
  expect(await openstack.json('endpoint list --project shop')).toMatchObject([{ ID: made.id }]);
  expect(await openstack.json(`endpoint list --endpoint ${made.id}`)).toEqual([{ ID: anId, Name: 'shop' }]);
  await openstack.run(`endpoint remove project ${made.id} shop`);
  await openstack.run(`endpoint delete ${made.id}`);
  await openstack.run('service delete safe');
  expect(await openstack.json('endpoint list --region south')).toEqual([]);
});

test('endpoint group', async () => {
  const filters = await jsonFile('filters.json', { interface: 'public' });
  const wider = await jsonFile('wider.json', { interface: 'public', region_id: 'RegionOne' });
  const made = await openstack.json(`endpoint group create --description "what is public" shown ${filters}`);
  expect(made).toEqual({ id: anId, name: 'shown', description: 'what is public', filters: { interface: 'public' } });
  await openstack.run(`endpoint group set --name open --description open --filters ${wider} shown`);
  expect(await openstack.json('endpoint group show open')).toEqual({
    id: made.id,
    name: 'open',
    description: 'open',
    filters: { interface: 'public', region_id: 'RegionOne' },
  });
  await openstack.run('endpoint group add project open admin');
  expect(await openstack.json('endpoint group list --project admin')).toMatchObject([{ ID: made.id, Name: 'open' }]);
  expect(await openstack.json('endpoint group list --endpointgroup open')).toMatchObject([{ ID: anId, Name: 'admin' }]);
  const seen: { Endpoints: { interface: string }[] }[] = await openstack.json('catalog list');
  expect(new Set(seen.flatMap(({ Endpoints }) => Endpoints.map((each) => each.interface)))).toEqual(
    new Set(['public']),
  );
  await openstack.run('endpoint group remove project open admin');
  await openstack.run('endpoint group delete open');
  expect(await openstack.json('endpoint group list')).toEqual([]);
  const wrong = await jsonFile('wrong.json', { interface: 'none' });
  expect(await openstack.refusal(`endpoint group create wrong ${wrong}`)).toMatch(/interface.*HTTP 400/s);
});

test('policy', async () => {
  const rules = await jsonFile('rules.json', { default: '' });
  const made = await openstack.json(`policy create --type application/json ${rules}`);
  expect(made).toEqual({ id: anId, type: 'application/json', rules: '{"default":""}' });
  await openstack.run(`policy set --type text/plain --rules ${await jsonFile('other.json', 'none')} ${made.id}`);
  expect(await openstack.json('policy list --long')).toEqual([{ ID: made.id, Type: 'text/plain', Rules: '"none"' }]);
  expect(await openstack.json(`policy show ${made.id}`)).toMatchObject({ type: 'text/plain' });
  await openstack.run(`policy delete ${made.id}`);
  expect(await openstack.refusal(`policy show ${made.id}`)).toMatch(/^No policy with a name or ID/);
});

test('registered limit and limit', async () => {
  await openstack.run('service create --name workshop workshop');
  await openstack.run('project create bench');
  const registered = await openstack.json(
    'registered limit create --service workshop --region RegionOne --default-limit 5 --description tools tools',
  );
  expect(registered).toEqual({
    id: anId,
    service_id: anId,
    region_id: 'RegionOne',
    resource_name: 'tools',
    default_limit: 5,
    description: 'tools',
  });
  const again = 'registered limit create --service workshop --region RegionOne --default-limit 1 tools';
  expect(await openstack.refusal(again)).toMatch(/HTTP 409/);
  const changes = '--default-limit 7 --resource-name drills --description drills';
  await openstack.run(`registered limit set ${changes} ${registered.id}`);
  expect(await openstack.json(`registered limit show ${registered.id}`)).toMatchObject({
    default_limit: 7,
    resource_name: 'drills',
    description: 'drills',
  });
  const filter = '--service workshop --region RegionOne --resource-name drills';
  expect(await openstack.json(`registered limit list ${filter}`)).toEqual([
    {
      ID: registered.id,
      'Service ID': registered.service_id,
      'Resource Name': 'drills',
      'Default Limit': 7,
      Description: 'drills',
      'Region ID': 'RegionOne',
    },
  ]);

  const of = '--project bench --service workshop --region RegionOne';
  const limit = await openstack.json(`limit create ${of} --resource-limit 3 --description few drills`);
  expect(limit).toMatchObject({ id: anId, resource_limit: 3, resource_name: 'drills', project_id: anId });
  expect(await openstack.refusal(`limit create ${of} --resource-limit 3 hammers`)).toMatch(/HTTP 4/);
  await openstack.run(`limit set --resource-limit 4 --description more ${limit.id}`);
  expect(await openstack.json(`limit show ${limit.id}`)).toMatchObject({ resource_limit: 4, description: 'more' });
  expect(await openstack.json(`limit list ${of} --resource-name drills`)).toMatchObject([
    { ID: limit.id, 'Resource Limit': 4, 'Region ID': 'RegionOne' },
  ]);
  expect(await openstack.refusal(`registered limit delete ${registered.id}`)).toMatch(/HTTP 403/);
  await openstack.run(`limit delete ${limit.id}`);
  await openstack.run(`registered limit delete ${registered.id}`);
  expect(await openstack.json('registered limit list --service workshop')).toEqual([]);
  await openstack.run('service delete workshop');
});

test('what the cloud itself serves', async () => {
  const types = (rows: Record<string, string>[]) => rows.map(({ Type }) => Type).sort();
  expect(types(await openstack.json('catalog list'))).toEqual(['compute', 'identity', 'image', 'network', 'placement']);
  expect(await openstack.json('catalog show image')).toMatchObject({
    name: 'image',
    endpoints: expect.arrayContaining([
      expect.objectContaining({ interface: 'public', region: 'RegionOne', url: `${cloud.url}/image` }),
    ]),
  });
  expect(await openstack.json('endpoint list --interface public')).toHaveLength(5);
  expect(await openstack.json('configuration show')).toMatchObject({ auth_url: `${cloud.url}/identity/v3` });
});
