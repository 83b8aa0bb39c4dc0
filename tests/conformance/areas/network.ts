import type { Area } from '../area.ts';

/** Neutron's API, as far as each machine has a network of its own on its host. */
export const area: Area = {
  tests: '^tempest\\.api\\.network\\.',
  // None that makes a subnet: Tempest's own client sleeps ten seconds before it deletes one, there or not.
  gate: [
    '^tempest\\.api\\.network\\.(admin\\.test_(negative_quotas|quotas|ports)|test_tags\\.TagsTest|test_versions|test_service_providers',
    'test_agent_management_negative|test_networks_negative\\.NetworksNegativeTestJSON\\.test_(?!delete_non_existent_subnet)',
    'test_networks\\.BulkNetworkOpsTest\\.test_bulk_create_delete_(network|port)',
    'test_ports\\.PortsTestJSON\\.test_(create_bulk_port|create_update_delete_port|list_ports|show_port))',
  ].join('|'),
  atLeast: { gate: 33, all: 78 },
  cloud: { hypervisor: 'simulated' },
  prepare: async () => ({
    network: { project_network_cidr: '10.100.0.0/16', project_network_mask_bits: 28 },
    'network-feature-enabled': { ipv6: true, api_extensions: 'all' },
  }),
  missing: {
    'IPv6 subnets': ['IpV6', 'Ipv6', 'test_dhcp_ipv6'],
    'routers and floating addresses': [
      'test_routers',
      'test_floating_ips',
      'test_port_list_filter_by_router_id',
      'test_dhcp_agent_scheduler',
      'test_tags.TagsExtTest',
    ],
    'security groups': ['security_group'],
    'external networks': ['test_external_network'],
    metering: ['test_metering'],
    'subnet pools': ['test_subnetpools'],
    'host routes, outer name servers, subnets without DHCP': [
      'test_create_delete_subnet_with_host_routes_and_dns_nameservers',
      'test_update_subnet_gw_dns_host_routes_dhcp',
      'test_create_delete_subnet_all_attributes',
    ],
    'DHCP options': ['test_extra_dhcp_options'],
    'extensions that are not there': ['test_list_show_extensions'],
  },
};
