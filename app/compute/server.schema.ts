import { z } from 'zod';
import { linkSchema, linksSchema } from '../http/link.schema.ts';
import { type Microversion, since } from '../http/microversion.ts';

const text = z.string();
const whole = z.number().int();
const flag = z.boolean();

export const serverStatusSchema = z
  .enum([
    'ACTIVE',
    'BUILD',
    'DELETED',
    'ERROR',
    'HARD_REBOOT',
    'PAUSED',
    'REBOOT',
    'REBUILD',
    'RESCUE',
    'RESIZE',
    'REVERT_RESIZE',
    'SHUTOFF',
    'SOFT_DELETED',
    'SUSPENDED',
    'SHELVED',
    'SHELVED_OFFLOADED',
    'UNKNOWN',
    'VERIFY_RESIZE',
  ])
  .meta({ title: 'ServerStatus' });
export type ServerStatus = z.infer<typeof serverStatusSchema>;

export const addressSchema = z.strictObject({ version: z.literal([4, 6]), addr: text });
export const plainAddressesSchema = z.record(text, z.array(addressSchema));
const addressesSchema = z.record(
  text,
  z.array(
    addressSchema.extend({
      'OS-EXT-IPS:type': z.enum(['fixed', 'floating']),
      'OS-EXT-IPS-MAC:mac_addr': text,
    }),
  ),
);
export type Addresses = z.infer<typeof addressesSchema>;

const embeddedFlavorSchema = (version: Microversion) =>
  version < 47
    ? z.strictObject({ id: text, links: linksSchema })
    : z.strictObject({
        original_name: text,
        vcpus: whole,
        ram: whole,
        disk: whole,
        ephemeral: whole,
        swap: whole,
        extra_specs: z.record(text, text),
      });

const faultSchema = z.strictObject({ code: whole, message: text, created: text, details: text.optional() });

/** What only administrators see. */
const administratorFields = (version: Microversion) => ({
  'OS-EXT-SRV-ATTR:host': text.nullable().optional(),
  'OS-EXT-SRV-ATTR:instance_name': text.optional(),
  'OS-EXT-SRV-ATTR:hypervisor_hostname': text.nullable().optional(),
  ...since(version, 3, {
    // From 2.90 on everybody sees the name.
    'OS-EXT-SRV-ATTR:hostname': version >= 90 ? text : text.optional(),
    'OS-EXT-SRV-ATTR:kernel_id': text.optional(),
    'OS-EXT-SRV-ATTR:launch_index': whole.optional(),
    'OS-EXT-SRV-ATTR:ramdisk_id': text.optional(),
    'OS-EXT-SRV-ATTR:reservation_id': text.optional(),
    'OS-EXT-SRV-ATTR:root_device_name': text.optional(),
    'OS-EXT-SRV-ATTR:user_data': text.nullable().optional(),
  }),
});

const serverFields = (version: Microversion) => ({
  id: text,
  name: text,
  status: serverStatusSchema,
  tenant_id: text,
  user_id: text,
  metadata: z.record(text, text),
  hostId: text,
  image: z.union([z.strictObject({ id: text, links: linksSchema }), z.literal('')]),
  flavor: embeddedFlavorSchema(version),
  created: text,
  updated: text,
  addresses: addressesSchema,
  accessIPv4: text,
  accessIPv6: text,
  links: linksSchema,
  'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']),
  'OS-EXT-AZ:availability_zone': text,
  config_drive: text,
  key_name: text.nullable(),
  'OS-SRV-USG:launched_at': text.nullable(),
  'OS-SRV-USG:terminated_at': text.nullable(),
  security_groups: z.array(z.strictObject({ name: text })),
  'OS-EXT-STS:task_state': text.nullable(),
  'OS-EXT-STS:vm_state': text,
  'OS-EXT-STS:power_state': whole,
  'os-extended-volumes:volumes_attached': z.array(z.strictObject({ id: text, delete_on_termination: flag })),
  progress: whole.optional(),
  fault: faultSchema.optional(),
  ...administratorFields(version),
  ...since(version, 9, { locked: flag }),
  ...since(version, 16, { host_status: z.enum(['UP', 'UNKNOWN', '']).optional() }),
  ...since(version, 19, { description: text.nullable() }),
  ...since(version, 26, { tags: z.array(text) }),
  ...since(version, 63, { trusted_image_certificates: z.array(text).nullable() }),
  // Only of one server, not in lists.
  ...since(version, 71, { server_groups: z.array(text).optional() }),
  ...since(version, 73, { locked_reason: text.nullable() }),
  ...since(version, 96, { pinned_availability_zone: text.nullable() }),
});

export const serverSchema = (version: Microversion) =>
  z.strictObject(serverFields(version)).meta({ title: 'ServerView' });
export type ServerView = z.infer<ReturnType<typeof serverSchema>>;

const serverSummarySchema = z
  .strictObject({ id: text, name: text, links: linksSchema })
  .meta({ title: 'ServerSummary' });
export type ServerSummary = z.infer<typeof serverSummarySchema>;

/** Members that were extensions once, which the answer to `PUT` lacks until 2.74. */
export function isLeftOutOfUpdate(name: string): boolean {
  if (['config_drive', 'key_name', 'security_groups', 'host_status'].includes(name)) return true;
  return name.includes(':') && name !== 'OS-DCF:diskConfig';
}

function updatedFields(version: Microversion): z.ZodRawShape {
  if (version >= 75) return serverFields(version);
  const fields = Object.entries(serverFields(version)).filter(([name]) => !isLeftOutOfUpdate(name));
  return { ...(Object.fromEntries(fields) as z.ZodRawShape), addresses: plainAddressesSchema };
}

function updatedServerSchema(version: Microversion): z.ZodType {
  return version >= 75
    ? serverSchema(version)
    : z.strictObject(updatedFields(version)).meta({ title: 'UpdatedServer' });
}

export const rebuiltServerSchema = (version: Microversion) =>
  z
    .strictObject({
      ...updatedFields(version),
      ...since(version, 54, { key_name: text.nullable() }),
      ...since(version, 57, { user_data: text.nullable() }),
      adminPass: text,
    })
    .meta({ title: 'RebuiltServer' });

export const serverAnswer = (version: Microversion) => z.strictObject({ server: serverSchema(version) });
export const updatedServerAnswer = (version: Microversion) => z.strictObject({ server: updatedServerSchema(version) });
export const serverListAnswer = z.strictObject({
  servers: z.array(serverSummarySchema),
  servers_links: linksSchema.optional(),
});
export const serverDetailAnswer = (version: Microversion) =>
  z.strictObject({ servers: z.array(serverSchema(version)), servers_links: linksSchema.optional() });
export const createdServerAnswer = z.union([
  z.strictObject({
    server: z
      .strictObject({
        id: text,
        links: z.array(linkSchema),
        'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']),
        security_groups: z.array(z.strictObject({ name: text })),
        adminPass: text.optional(),
      })
      .meta({ title: 'CreatedServer' }),
  }),
  z.strictObject({ reservation_id: text }),
]);
