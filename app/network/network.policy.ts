import { ANYONE, rules } from '../policy/base.policy.ts';
import type { RuleDefault } from '../policy/policy.service.ts';

const ADMIN = '(rule:admin_only)';
const SERVICE = '(rule:service_api)';
const ADMIN_OR_SERVICE = `(${ADMIN} or ${SERVICE})`;
const PROJECT_MEMBER = '(role:member and project_id:%(project_id)s)';
const PROJECT_READER = '(role:reader and project_id:%(project_id)s)';
const NET_OWNER_MEMBER = '(role:member and rule:network_owner)';
const NET_OWNER_READER = '(role:reader and rule:network_owner)';

/** What Neutron's rules are made of, named as there. */
const NEUTRON_BASE: readonly RuleDefault[] = [
  { name: 'admin_only', check: 'rule:context_is_admin' },
  { name: 'context_is_advsvc', check: 'role:advsvc' },
  { name: 'network_owner', check: 'project_id:%(network:project_id)s' },
  { name: 'shared', check: 'field:networks:shared=True' },
  { name: 'external', check: 'field:networks:router:external=True' },
  { name: 'external_network', check: 'field:subnets:router:external=True' },
  { name: 'network_device', check: 'field:port:device_owner=~^network:' },
];

const PROJECT_MEMBER_OR_ADMIN = `${ADMIN} or ${PROJECT_MEMBER}`;
const ADMIN_OR_NET_OWNER = `${ADMIN} or ${NET_OWNER_MEMBER}`;
const OWN_PORT = `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER}`;

const OF_ADMINISTRATORS = [
  'shared',
  'router:external',
  'is_default',
  'provider:network_type',
  'provider:physical_network',
  'provider:segmentation_id',
];
const TAGS = ['networks_tags', 'subnets_tags', 'ports_tags'];

const CHECKS: Readonly<Record<string, string>> = {
  create_network: PROJECT_MEMBER_OR_ADMIN,
  ...each('create_network', OF_ADMINISTRATORS, ADMIN),
  'create_network:port_security_enabled': PROJECT_MEMBER_OR_ADMIN,
  get_network: `${ADMIN} or ${PROJECT_READER} or ${SERVICE} or rule:shared or rule:external or rule:context_is_advsvc`,
  'get_network:provider:network_type': ADMIN,
  'get_network:provider:physical_network': ADMIN,
  'get_network:provider:segmentation_id': ADMIN,
  update_network: PROJECT_MEMBER_OR_ADMIN,
  ...each('update_network', OF_ADMINISTRATORS, ADMIN),
  'update_network:port_security_enabled': PROJECT_MEMBER_OR_ADMIN,
  delete_network: PROJECT_MEMBER_OR_ADMIN,

  create_subnet: ADMIN_OR_NET_OWNER,
  'create_subnet:segment_id': ADMIN,
  'create_subnet:service_types': ADMIN,
  get_subnet: `${PROJECT_READER} or rule:shared or rule:external_network or ${ADMIN} or ${NET_OWNER_READER} or ${SERVICE}`,
  update_subnet: `${ADMIN_OR_NET_OWNER} or ${PROJECT_MEMBER}`,
  'update_subnet:segment_id': ADMIN,
  'update_subnet:service_types': ADMIN,
  delete_subnet: `${ADMIN_OR_NET_OWNER} or ${PROJECT_MEMBER}`,

  create_port: `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER} or (role:member and rule:shared)`,
  // Neutron lets members say any device. Here the device of a port is the machine it is plugged into, and so the word
  // of Compute alone: a tenant could name another's.
  'create_port:device_id': ADMIN_OR_SERVICE,
  'create_port:device_owner': ADMIN_OR_SERVICE,
  'create_port:mac_address': OWN_PORT,
  'create_port:fixed_ips': `${OWN_PORT} or rule:shared`,
  'create_port:fixed_ips:ip_address': OWN_PORT,
  'create_port:fixed_ips:subnet_id': `${OWN_PORT} or rule:shared`,
  'create_port:port_security_enabled': OWN_PORT,
  'create_port:binding:host_id': ADMIN_OR_SERVICE,
  'create_port:binding:profile': ADMIN_OR_SERVICE,
  'create_port:allowed_address_pairs': ADMIN_OR_NET_OWNER,
  'create_port:allowed_address_pairs:mac_address': ADMIN_OR_NET_OWNER,
  'create_port:allowed_address_pairs:ip_address': ADMIN_OR_NET_OWNER,
  get_port: `${ADMIN_OR_SERVICE} or ${NET_OWNER_READER} or ${PROJECT_READER}`,
  'get_port:binding:vif_type': ADMIN_OR_SERVICE,
  'get_port:binding:vif_details': ADMIN_OR_SERVICE,
  'get_port:binding:host_id': ADMIN_OR_SERVICE,
  'get_port:binding:profile': ADMIN_OR_SERVICE,
  update_port: `${ADMIN_OR_SERVICE} or ${PROJECT_MEMBER}`,
  'update_port:device_id': ADMIN_OR_SERVICE,
  'update_port:device_owner': ADMIN_OR_SERVICE,
  'update_port:mac_address': ADMIN_OR_SERVICE,
  'update_port:fixed_ips': `${OWN_PORT} or rule:shared`,
  'update_port:fixed_ips:ip_address': OWN_PORT,
  'update_port:fixed_ips:subnet_id': `${OWN_PORT} or rule:shared`,
  'update_port:port_security_enabled': OWN_PORT,
  'update_port:binding:host_id': ADMIN_OR_SERVICE,
  'update_port:binding:profile': ADMIN_OR_SERVICE,
  'update_port:allowed_address_pairs': ADMIN_OR_NET_OWNER,
  'update_port:allowed_address_pairs:mac_address': ADMIN_OR_NET_OWNER,
  'update_port:allowed_address_pairs:ip_address': ADMIN_OR_NET_OWNER,
  delete_port: `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER} or ${PROJECT_MEMBER}`,

  ...each('get', TAGS, `${ADMIN} or ${PROJECT_READER} or ${NET_OWNER_READER} or rule:shared`, '_'),
  ...each('update', TAGS, PROJECT_MEMBER_OR_ADMIN, '_'),
  ...each('delete', TAGS, PROJECT_MEMBER_OR_ADMIN, '_'),

  // Everybody sees the limits of their own project, as in Neutron.
  get_quota: `${ADMIN} or ${PROJECT_READER}`,
  update_quota: ADMIN,
  delete_quota: ADMIN,
  get_agent: ADMIN,
  get_network_ip_availability: ADMIN,
  get_auto_allocated_topology: `${ADMIN} or ${PROJECT_READER}`,
};

/** The same for several. */
function each(prefix: string, names: readonly string[], check: string, between = ':'): Record<string, string> {
  return Object.fromEntries(names.map((name) => [prefix + between + name, check]));
}

/** Neutron's rules with its secure defaults. For extensions and for lists that are empty to most it has none: ours. */
export const NETWORK_RULES: readonly RuleDefault[] = [
  ...NEUTRON_BASE,
  ...Object.entries(CHECKS).map(([name, check]) => ({ name, check, scopes: ['project'] as const })),
  ...rules(ANYONE, [
    'get_extension',
    'get_extensions',
    'get_agents',
    'get_availability_zone',
    'get_security_groups',
    'get_service_provider',
    'get_network_ip_availabilities',
  ]),
];
