import type { TestCloud } from '../../cloud.ts';
import type { Area } from '../area.ts';

/** Cinder's API as far as it stands without volumes: types, QoS specs, group types, quotas, versions. */
export const area: Area = {
  tests: [
    '^tempest\\.api\\.volume\\.(test_versions|test_availability_zone|test_extensions',
    'admin\\.test_(volume_types|volume_type_access|volume_types_extra_specs|qos|group_types|group_type_specs)(_negative)?\\.',
    'admin\\.test_volume_quota(s|_classes)\\.)',
  ].join('|'),
  gate: [
    '^tempest\\.api\\.volume\\.(test_versions',
    'admin\\.test_(volume_types|volume_types_extra_specs|qos|group_types|group_type_specs)\\.',
    'admin\\.test_volume_quotas\\.)',
  ].join('|'),
  atLeast: { gate: 23, all: 46 },
  cloud: { hypervisor: 'none' },
  prepare: async (cloud) => {
    await addToCatalogue(cloud);
    return {
      service_available: { cinder: true, neutron: true, glance: true, swift: false, nova: true, horizon: false },
      volume: { min_microversion: '3.0', max_microversion: 'latest' },
      'volume-feature-enabled': { api_extensions: 'os-types-manage' },
    };
  },
  missing: {
    volumes: ['test_volume_crud_with_volume_type_and_extra_specs', 'test_volume_type_access_add', 'test_quota_usage'],
    'encrypted volumes': ['test_volume_type_encryption_create_get_update_delete'],
  },
};

/** Whom the catalogue does not list it for finds it as an administrator does who adds it. */
async function addToCatalogue(cloud: TestCloud): Promise<void> {
  const make = async (path: string, body: object) => (await cloud.request('POST', `/identity/v3/${path}`, body)).body;
  const { service } = await make('services', { service: { type: 'volumev3', name: 'cinder' } });
  const endpoint = {
    service_id: service.id,
    interface: 'public',
    region_id: 'RegionOne',
    url: `${cloud.url}/volume/v3`,
  };
  await make('endpoints', { endpoint });
}
