import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NewAuditRecord } from '../audit/audited-request.ts';
import { VolumeFixture } from './volume.fixture.ts';

let cloud: VolumeFixture;
const audited: NewAuditRecord[] = [];
beforeEach(async () => {
  audited.length = 0;
  cloud = await VolumeFixture.open({
    audit: { record: async (record) => void audited.push(record), complete: async () => {} },
  });
});
afterEach(() => cloud.close());

const as = 'admin';
const make = async (specs: object) => (await cloud.ask('/qos-specs', { as, body: { qos_specs: specs } })).body;
const put = (path: string, body: unknown) => cloud.ask(path, { as, method: 'PUT', body });

test('specs are made, read, changed key by key, and deleted', async () => {
  const { qos_specs, links } = await make({ name: ' gold ', total_iops_sec: '1000' });
  const { id } = qos_specs;
  expect(qos_specs).toEqual({ id, name: 'gold', consumer: 'back-end', specs: { total_iops_sec: '1000' } });
  expect(links.map(({ href }: { href: string }) => new URL(href).pathname)).toEqual([
    `/volume/v3/qos-specs/${id}`,
    `/volume/qos-specs/${id}`,
  ]);
  expect((await cloud.ask('/qos-specs', { as, body: { qos_specs: { name: 'gold' } } })).body).toMatchObject({
    conflictingRequest: { message: 'QoS Specs gold already exists.' },
  });
  const change = { qos_specs: { consumer: 'both', total_iops_sec: '2000', burst: null } };
  expect(await put(`/qos-specs/${id}`, change)).toMatchObject({ status: 200, body: change });
  expect((await put(`/qos-specs/${id}/delete_keys`, { keys: ['burst'] })).status).toBe(202);
  expect((await put(`/qos-specs/${id}/delete_keys`, { keys: ['total_iops_sec', 'burst'] })).body).toMatchObject({
    itemNotFound: { message: `QoS spec ${id} has no spec with key burst.` },
  });
  const whole = { id, name: 'gold', consumer: 'both', specs: { total_iops_sec: '2000' } };
  expect((await cloud.ask('/qos-specs', { as })).body).toEqual({ qos_specs: [whole] });
  await make({ name: 'silver' });
  expect((await cloud.ask('/qos-specs?consumer=both', { as })).body).toEqual({ qos_specs: [whole] });
  expect((await cloud.ask(`/qos-specs/${id}`, { as, method: 'DELETE' })).status).toBe(202);
  expect((await cloud.ask(`/qos-specs/${id}`, { as })).body.itemNotFound.message).toBe(`No such QoS spec ${id}.`);
  expect(await cloud.eventsOf(id)).toEqual([
    'qos_specs.create',
    'qos_specs.update',
    'qos_specs.delete_keys',
    'qos_specs.delete',
  ]);
});

test('types are associated by GET, as in Cinder, and the audit trail has it', async () => {
  const { id } = (await make({ name: 'gold' })).qos_specs;
  const { id: type } = await cloud.makeType('fast');
  const ask = (verb: string, typeId?: string) =>
    cloud.ask(`/qos-specs/${id}/${verb}${typeId === undefined ? '' : `?vol_type_id=${typeId}`}`, { as });
  const associated = async () => (await ask('associations')).body.qos_associations;
  audited.length = 0;

  expect((await ask('associate', type)).status).toBe(202);
  expect(await associated()).toEqual([{ association_type: 'volume_type', name: 'fast', id: type }]);
  expect((await cloud.ask(`/types/${type}`, { as })).body.volume_type.qos_specs_id).toBe(id);
  expect(audited).toMatchObject([
    { method: 'GET', action: 'volume_extension:qos_specs_manage:update', status: 202, resourceId: id },
  ]);

  const other = (await make({ name: 'silver' })).qos_specs.id;
  expect((await cloud.ask(`/qos-specs/${other}/associate?vol_type_id=${type}`, { as })).body.badRequest.message).toBe(
    `Invalid volume type: Type ${type} is already associated with another qos specs: ${id}`,
  );
  expect((await cloud.ask(`/qos-specs/${other}/disassociate?vol_type_id=${type}`, { as })).status).toBe(202);
  expect((await cloud.ask(`/qos-specs/${id}`, { as, method: 'DELETE' })).body.badRequest.message).toBe(
    'Qos specs still in use.',
  );
  expect((await ask('disassociate', type)).status).toBe(202);
  expect(await associated()).toEqual([]);

  await ask('associate', type);
  expect((await ask('disassociate_all')).status).toBe(202);
  expect(await associated()).toEqual([]);
  await ask('associate', type);
  expect((await cloud.ask(`/qos-specs/${id}?force=True`, { as, method: 'DELETE' })).status).toBe(202);
  expect((await cloud.ask(`/types/${type}`, { as })).body.volume_type.qos_specs_id).toBe(null);
  expect(await cloud.eventsOf(id)).toEqual([
    'qos_specs.create',
    'qos_specs.associate',
    'qos_specs.disassociate',
    'qos_specs.associate',
    'qos_specs.disassociate_all',
    'qos_specs.associate',
    'qos_specs.delete',
  ]);
});

test('what nobody may do, or nobody means', async () => {
  const { id } = (await make({ name: 'gold' })).qos_specs;
  const { id: type } = await cloud.makeType('fast');
  for (const path of [
    '',
    `/${id}`,
    `/${id}/associations`,
    `/${id}/associate?vol_type_id=${type}`,
    `/${id}/disassociate_all`,
  ]) {
    expect((await cloud.ask(`/qos-specs${path}`, { as: 'manager' })).status, path).toBe(403);
  }
  for (const specs of [
    {},
    { name: ' ' },
    { name: 'a', consumer: 'nobody' },
    { name: 'a', key: 7 },
    { name: 'a', b$: '' },
  ]) {
    expect((await cloud.ask('/qos-specs', { as, body: { qos_specs: specs } })).status, JSON.stringify(specs)).toBe(400);
  }
  for (const keys of ['a', [''], [7], Array.from({ length: 129 }, (_, n) => `${n}`)]) {
    expect((await put(`/qos-specs/${id}/delete_keys`, { keys })).status).toBe(400);
  }
  expect((await cloud.ask(`/qos-specs/${id}/associate`, { as })).status).toBe(400);
  expect((await cloud.ask(`/qos-specs/${id}/associate?vol_type_id=nothing`, { as })).status).toBe(404);
  expect((await cloud.ask('/qos-specs/nothing/disassociate_all', { as })).status).toBe(404);
  expect((await cloud.ask(`/qos-specs/${id}?force=perhaps`, { as, method: 'DELETE' })).body.badRequest.message).toBe(
    "Value 'perhaps' for 'force' is not a boolean.",
  );
});
