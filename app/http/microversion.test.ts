import { expect, test } from 'vitest';
import { negotiateMicroversion } from './microversion.ts';
import type { ServiceDefinition } from './route.ts';

const plain: ServiceDefinition = { name: 'n', prefix: '/n', root: '/n', faults: 'v1', routes: [] };
const compute: ServiceDefinition = {
  ...plain,
  microversions: { type: 'compute', min: 1, max: 96, legacyHeader: 'x-openstack-nova-api-version' },
};

test.for<[Record<string, string>, number]>([
  [{}, 1],
  [{ 'openstack-api-version': '' }, 1],
  [{ 'openstack-api-version': 'compute 2.1' }, 1],
  [{ 'openstack-api-version': 'compute 2.96' }, 96],
  [{ 'openstack-api-version': 'compute latest' }, 96],
  [{ 'openstack-api-version': 'COMPUTE 2.53' }, 53],
  [{ 'openstack-api-version': 'volume 3.70' }, 1],
  [{ 'openstack-api-version': 'volume 3.70, compute 2.10' }, 10],
  [{ 'x-openstack-nova-api-version': '2.79' }, 79],
  [{ 'openstack-api-version': 'compute 2.20', 'x-openstack-nova-api-version': '2.79' }, 20],
])('%j is read', ([headers, version]) => {
  expect(negotiateMicroversion(compute, headers)).toBe(version);
});

test.for(['2', '2.01', '2.-1', '2.1.1', 'newest', '2.1e1'])('%s is no version', (version) => {
  expect(() => negotiateMicroversion(compute, { 'openstack-api-version': `compute ${version}` })).toThrow(
    expect.objectContaining({ code: 'bad_request' }),
  );
});

test.for(['2.0', '2.97', '2.99999', '1.1', '3.1'])('%s is not offered', (version) => {
  expect(() => negotiateMicroversion(compute, { 'x-openstack-nova-api-version': version })).toThrow(
    expect.objectContaining({
      code: 'not_acceptable',
      message: `Version ${version} is not supported by the API. Minimum is 2.1 and maximum is 2.96.`,
    }),
  );
});

test('a service without versions does not read the headers', () => {
  expect(negotiateMicroversion(plain, { 'openstack-api-version': 'n nonsense' })).toBe(1);
});
