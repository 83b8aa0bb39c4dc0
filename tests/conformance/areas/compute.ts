import type { TestCloud } from '../../cloud.ts';
import type { Area } from '../area.ts';

/** Nova's API, on machines that are simulated: what needs no guest. */
export const area: Area = {
  tests: '^tempest\\.api\\.compute\\.',
  gate: '^tempest\\.api\\.compute\\.(flavors|keypairs|limits|test_quotas|test_versions|admin\\.test_(flavors|aggregates|availability_zone|hosts|hypervisor|services))',
  atLeast: { gate: 130, all: 420 },
  cloud: { hypervisor: 'simulated' },
  prepare: async (cloud) => ({
    compute: {
      image_ref: await uploadImage(cloud, 'first'),
      image_ref_alt: await uploadImage(cloud, 'second'),
      flavor_ref: '42',
      flavor_ref_alt: '84',
      fixed_network_name: 'default',
      min_microversion: '2.1',
      max_microversion: 'latest',
      build_timeout: 60,
    },
    'compute-feature-enabled': {
      hostname_fqdn_sanitization: true,
      resize: true,
      vnc_console: true,
      serial_console: true,
      stable_rescue: true,
      config_drive: true,
      personality: true,
    },
    // What a guest says is not asked for: there is none.
    validation: { run_validation: false },
  }),
  missing: {
    'proxies of other services': ['compute.floating_ips.', 'compute.security_groups.', 'admin.test_security_groups'],
    'moves to other hosts': ['test_migrate_', 'test_live_block_migration_suspended'],
    'floating addresses and security groups of a server': [
      'test_remove_server_all_security_groups',
      'test_rescued_vm_associate_dissociate_floating_ip',
      'test_rescued_vm_add_remove_security_group',
    ],
    'limits of quota classes and of what has none here': [
      'QuotaClassesAdminTestJSON.test_update_default_quotas',
      'test_update_all_quota_resources',
    ],
    'noVNC by its own address': ['test_novnc'],
    'x509 keys made here': ['test_keypairsv22_create_list_show_with_type'],
  },
};

/** What is in it does not matter: nothing starts from it. */
async function uploadImage(cloud: TestCloud, name: string): Promise<string> {
  const image = { name, disk_format: 'raw', container_format: 'bare', visibility: 'public' };
  const { status, body } = await cloud.request('POST', '/image/v2/images', image);
  if (status !== 201) throw new Error(`Image: ${status} ${JSON.stringify(body)}`);
  const response = await fetch(`${cloud.url}/image/v2/images/${body.id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' },
    body: Buffer.alloc(1 << 20, name),
  });
  if (response.status !== 204) throw new Error(`Upload: ${response.status} ${await response.text()}`);
  return body.id;
}
