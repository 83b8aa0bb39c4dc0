import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Asked } from '../http/edge.fixture.ts';
import { NetworkFixture } from './network.fixture.ts';

let cloud: NetworkFixture;

beforeEach(async () => {
  cloud = await NetworkFixture.open();
});

afterEach(() => cloud.close());

const ask = (path: string, asked: Asked = {}) => cloud.ask(path, asked);
const remove = (path: string, more: Asked = {}) => cloud.ask(path, { method: 'DELETE', ...more });

test('a change may say of which revision it speaks', async () => {
  const network = await cloud.makeNetwork();
  const match = (revision: number | string) => ({ headers: { 'if-match': `revision_number=${revision}` } });
  expect((await cloud.put('network', network.id, { name: 'a' }, match(1))).body.network.revision_number).toBe(2);
  const late = await cloud.put('network', network.id, { name: 'b' }, match(1));
  expect([late.status, late.body.NeutronError.type]).toEqual([412, 'RevisionNumberConstraintFailed']);
  expect((await remove(`/networks/${network.id}`, match(1))).status).toBe(412);
  expect((await cloud.put('network', network.id, {}, match('x'))).status).toBe(400);
  expect((await ask(`/networks/${network.id}`)).body.network.name).toBe('a');
  expect((await remove(`/networks/${network.id}`, match(2))).status).toBe(204);
});

test('what is named is a revision, with another value or not; what Neutron keeps elsewhere only where it changes', async () => {
  const network = await cloud.makeNetwork({ name: 'a' });
  const subnet = await cloud.makeSubnet(network.id, { dns_nameservers: ['10.1.0.3'] });
  const port = await cloud.makePort(network.id, { fixed_ips: [{ ip_address: '10.1.0.7' }], tags: ['x', 'y'] });
  const pairs = [{ ip_address: '10.1.0.50' }];
  const changes: [string, string, object, number][] = [
    ['port', port.id, {}, 1],
    ['port', port.id, { name: '' }, 2],
    ['port', port.id, { fixed_ips: port.fixed_ips, allowed_address_pairs: [] }, 2],
    ['port', port.id, { fixed_ips: [{ ip_address: '10.1.0.8' }] }, 3],
    ['port', port.id, { fixed_ips: [{ ip_address: '10.1.0.9' }], allowed_address_pairs: pairs }, 4],
    ['port', port.id, { allowed_address_pairs: pairs }, 4],
    ['subnet', subnet.id, { dns_nameservers: ['10.1.0.3'] }, 2],
    ['subnet', subnet.id, {}, 3],
    // One for the subnet, and one for each of its revisions.
    ['network', network.id, {}, 4],
    ['network', network.id, { 'router:external': false }, 4],
    ['network', network.id, { name: 'a' }, 5],
    ['network', network.id, { shared: false }, 5],
    ['network', network.id, { shared: true }, 6],
  ];
  for (const [kind, id, sent, revision] of changes) {
    const before = (await ask(`/${kind}s/${id}`, { token: 'admin' })).body[kind];
    const { body } = await cloud.put(kind, id, sent, { token: 'admin' });
    expect([kind, sent, body[kind].revision_number]).toEqual([kind, sent, revision]);
    if (before.revision_number === revision) expect(body[kind]).toEqual(before);
  }
  const tags: [string, string, string[] | undefined, number][] = [
    ['PUT', '', ['y', 'x'], 4],
    ['POST', '', ['x'], 4],
    ['PUT', '/x', undefined, 4],
    ['DELETE', '/x', undefined, 5],
    ['DELETE', '', undefined, 6],
    ['DELETE', '', undefined, 6],
  ];
  for (const [method, path, named, revision] of tags) {
    await ask(`/ports/${port.id}/tags${path}`, { method, ...(named && { json: { tags: named } }) });
    const { revision_number } = (await ask(`/ports/${port.id}`)).body.port;
    expect([method, path, revision_number]).toEqual([method, path, revision]);
  }
});

test('tags are set, added, asked for and taken off, each a revision', async () => {
  const { id } = await cloud.makeNetwork();
  const path = `/networks/${id}/tags`;
  const json = (tags: string[]) => ({ json: { tags } });
  expect((await ask(path, { method: 'PUT', ...json(['red', 'red', 'blue']) })).body).toEqual({ tags: ['red', 'blue'] });
  expect((await ask(`${path}/green`, { method: 'PUT' })).status).toBe(201);
  expect((await ask(`${path}/green`)).status).toBe(204);
  expect((await ask(`${path}/grey`)).body.NeutronError.type).toBe('TagNotFound');
  expect((await remove(`${path}/blue`)).status).toBe(204);
  expect((await ask(path)).body).toEqual({ tags: ['red', 'green'] });
  expect((await ask(`/networks/${id}`)).body.network.revision_number).toBe(4);
  expect((await ask(path, { method: 'POST', ...json(['x']) })).body).toEqual({ tags: ['red', 'green', 'x'] });
  for (const wrong of [['a,b'], ['a/b'], [''], Array.from({ length: 51 }, (_, index) => `${index}`)]) {
    expect((await ask(path, { method: 'PUT', ...json(wrong) })).status).toBe(400);
  }
  expect((await remove(path)).status).toBe(204);
  expect((await ask(path)).body).toEqual({ tags: [] });
  expect((await ask(path, { token: 'member@q' })).status).toBe(404);
  expect((await ask(`/networks/${cloud.defaultNetworkId}/tags/x`, { method: 'PUT' })).status).toBe(403);
});
