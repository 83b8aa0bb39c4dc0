import { z } from 'zod';
import { linksSchema } from '../http/link.schema.ts';

const text = z.string();
const flag = z.boolean();
const whole = z.number().int();
const status = z.enum(['ACTIVE', 'DOWN', 'BUILD', 'ERROR']);
const dates = { tags: z.array(text), revision_number: whole, created_at: text, updated_at: text };

export const networkSchema = z
  .strictObject({
    id: text,
    name: text,
    description: text,
    status,
    admin_state_up: flag,
    shared: flag,
    is_default: flag,
    'router:external': flag,
    project_id: text,
    tenant_id: text,
    subnets: z.array(text),
    mtu: whole,
    port_security_enabled: flag,
    ipv4_address_scope: text.nullable(),
    ipv6_address_scope: text.nullable(),
    availability_zone_hints: z.array(text),
    availability_zones: z.array(text),
    'cumulet:reach': z
      .literal('outside')
      .meta({ description: 'Machines on it reach the outside through their host, and not each other.' }),
    // Administrators only.
    'provider:network_type': text.optional(),
    'provider:physical_network': text.nullable().optional(),
    'provider:segmentation_id': whole.nullable().optional(),
    ...dates,
  })
  .meta({ title: 'NetworkView' });
export type NetworkView = z.infer<typeof networkSchema>;

const range = z.strictObject({ start: text, end: text });
export const subnetSchema = z
  .strictObject({
    id: text,
    name: text,
    description: text,
    network_id: text,
    project_id: text,
    tenant_id: text,
    ip_version: z.literal([4, 6]),
    cidr: text,
    gateway_ip: text.nullable(),
    enable_dhcp: flag,
    dns_nameservers: z.array(text),
    allocation_pools: z.array(range),
    host_routes: z.array(z.strictObject({ destination: text, nexthop: text })),
    ipv6_address_mode: text.nullable(),
    ipv6_ra_mode: text.nullable(),
    subnetpool_id: text.nullable(),
    service_types: z.array(text),
    ...dates,
  })
  .meta({ title: 'SubnetView' });
export type SubnetView = z.infer<typeof subnetSchema>;

const anything = z.record(text, z.unknown());
export const portSchema = z
  .strictObject({
    id: text,
    name: text,
    description: text,
    network_id: text,
    project_id: text,
    tenant_id: text,
    mac_address: text,
    fixed_ips: z.array(z.strictObject({ subnet_id: text, ip_address: text })),
    device_id: text,
    device_owner: text,
    admin_state_up: flag,
    status,
    security_groups: z.array(text),
    port_security_enabled: flag,
    allowed_address_pairs: z.array(z.strictObject({ ip_address: text, mac_address: text })),
    extra_dhcp_opts: z.array(anything),
    'binding:vnic_type': text,
    // Administrators only.
    'binding:host_id': text.optional(),
    'binding:profile': anything.optional(),
    'binding:vif_details': anything.optional(),
    'binding:vif_type': text.optional(),
    ...dates,
  })
  .meta({ title: 'PortView' });
export type PortView = z.infer<typeof portSchema>;

const extension = z
  .strictObject({ alias: text, name: text, description: text, links: z.array(z.never()), updated: text })
  .meta({ title: 'ExtensionView' });
export const extensionAnswer = z.strictObject({ extension });
export const extensionListAnswer = z.strictObject({ extensions: z.array(extension) });
export const resourceListAnswer = z.strictObject({
  resources: z.array(z.strictObject({ name: text, collection: text, links: linksSchema })),
});
