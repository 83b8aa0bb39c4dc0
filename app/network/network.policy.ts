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

const CHECKS: Readonly<Record<string, string>> = {
  get_network: `${ADMIN} or ${PROJECT_READER} or ${SERVICE} or rule:shared or rule:external or rule:context_is_advsvc`,
  'get_network:provider:network_type': ADMIN,
  'get_network:provider:physical_network': ADMIN,
  'get_network:provider:segmentation_id': ADMIN,
  get_subnet: `${PROJECT_READER} or rule:shared or rule:external_network or ${ADMIN} or ${NET_OWNER_READER} or ${SERVICE}`,
  create_port: `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER} or (role:member and rule:shared)`,
  // Neutron lets members say any device. Here the device of a port is the machine it is plugged into, and so the word
  // of Compute alone: a tenant could name another's.
  'create_port:device_id': ADMIN_OR_SERVICE,
  'create_port:device_owner': ADMIN_OR_SERVICE,
  'create_port:mac_address': `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER}`,
  'create_port:fixed_ips': `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER} or rule:shared`,
  'create_port:fixed_ips:ip_address': `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER}`,
  'create_port:fixed_ips:subnet_id': `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER} or rule:shared`,
  get_port: `${ADMIN_OR_SERVICE} or ${NET_OWNER_READER} or ${PROJECT_READER}`,
  'get_port:binding:vif_type': ADMIN_OR_SERVICE,
  'get_port:binding:vif_details': ADMIN_OR_SERVICE,
  'get_port:binding:host_id': ADMIN_OR_SERVICE,
  'get_port:binding:profile': ADMIN_OR_SERVICE,
  update_port: `${ADMIN_OR_SERVICE} or ${PROJECT_MEMBER}`,
  'update_port:device_id': ADMIN_OR_SERVICE,
  'update_port:device_owner': ADMIN_OR_SERVICE,
  delete_port: `${ADMIN_OR_SERVICE} or ${NET_OWNER_MEMBER} or ${PROJECT_MEMBER}`,
  get_quota: `${ADMIN} or (role:manager and project_id:%(project_id)s)`,
};

/** Neutron's rules with its secure defaults. It has none for extensions; those two are ours. */
export const NETWORK_RULES: readonly RuleDefault[] = [
  ...NEUTRON_BASE,
  ...Object.entries(CHECKS).map(([name, check]) => ({ name, check, scopes: ['project'] as const })),
  ...rules(ANYONE, ['get_extension', 'get_extensions']),
];
