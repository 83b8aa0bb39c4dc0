import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestCloud } from '../cloud.ts';
import { OpenStackSession } from './testing/openstack-session.ts';

/** The volume commands of the `openstack` client, as far as there is something without volumes. */
let cloud: TestCloud;
let openstack: OpenStackSession;
beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start());
});
afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
});

test('without volumes the catalogue names no service of them, and clients say just that', async () => {
  expect(await openstack.refusal('volume list')).toMatch(/service .*not found/);
  expect(await openstack.json('quota show')).not.toHaveProperty('gigabytes');
});

test('an administrator who adds it has types, extra specs, access, QoS, defaults and quotas', async () => {
  const service = await openstack.json('service create --name cinder volumev3');
  await openstack.run(`endpoint create --region RegionOne ${service.id} public ${cloud.url}/volume/v3/%(project_id)s`);

  const fast = await openstack.json('volume type create --property multiattach="<is> True" --private fast');
  expect(fast).toMatchObject({ name: 'fast', is_public: false, properties: { multiattach: '<is> True' } });
  await openstack.run('volume type set --description Flash --property backend=ssd --project admin fast');
  expect(await openstack.json('volume type show fast')).toMatchObject({
    description: 'Flash',
    properties: { backend: 'ssd', multiattach: '<is> True' },
  });
  const names = async (options: string) =>
    (await openstack.json(`volume type list ${options}`)).map(({ Name }: { Name: string }) => Name);
  expect(await names('--private')).toEqual(['fast']);
  expect(await names('--default')).toEqual(['__DEFAULT__']);

  await openstack.run('volume qos create --consumer front-end --property total_iops_sec=100 gold');
  await openstack.run('volume qos associate gold fast');
  expect(await openstack.json('volume qos list')).toMatchObject([
    { Name: 'gold', Consumer: 'front-end', Associations: ['fast'], Properties: { total_iops_sec: '100' } },
  ]);
  await openstack.run('volume qos disassociate --all gold');
  await openstack.run('volume qos delete gold');

  await openstack.run('quota set --volumes 5 --gigabytes 100 admin');
  await openstack.run('quota set --volumes 2 --volume-type fast admin');
  expect(await openstack.json('quota show admin')).toMatchObject({ volumes: 5, gigabytes: 100, volumes_fast: 2 });

  const grouped = openstack.as({ OS_VOLUME_API_VERSION: '3.11' });
  await grouped.run('volume group type create --description d g');
  expect(await grouped.json('volume group type list')).toMatchObject([{ Name: 'g', 'Is Public': true }]);
  await openstack.run('volume type delete fast');

  expect(await openstack.json('volume service list')).toEqual([]);
  expect(await openstack.refusal('volume list')).toMatch(/404/);
});
