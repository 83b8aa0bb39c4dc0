import { z } from 'zod';
import { type Microversion, since } from '../http/microversion.ts';
import { addressSchema, plainAddressesSchema, rebuiltServerSchema } from './server.schema.ts';

const text = z.string();

export const addressesAnswer = z.strictObject({ addresses: plainAddressesSchema });
export const networkAddressesAnswer = z.record(text, z.array(addressSchema));

const interfaceSchema = (version: Microversion) =>
  z
    .strictObject({
      port_id: text,
      net_id: text,
      mac_addr: text,
      port_state: z.enum(['ACTIVE', 'DOWN']),
      fixed_ips: z.array(z.strictObject({ ip_address: text, subnet_id: text.nullable() })),
      ...since(version, 70, { tag: text.nullable() }),
    })
    .meta({ title: 'InterfaceAttachment' });
export type InterfaceAttachment = z.infer<ReturnType<typeof interfaceSchema>>;
export const interfaceAnswer = (version: Microversion) =>
  z.strictObject({ interfaceAttachment: interfaceSchema(version) });
export const interfaceListAnswer = (version: Microversion) =>
  z.strictObject({ interfaceAttachments: z.array(interfaceSchema(version)) });

export const volumeAttachmentsAnswer = z.strictObject({ volumeAttachments: z.array(z.never()) });
export const securityGroupsAnswer = z.strictObject({
  security_groups: z.array(
    z.strictObject({ id: text, name: text, description: text, rules: z.array(z.never()), tenant_id: text }),
  ),
});
export const topologyAnswer = z.strictObject({ nodes: z.array(z.never()), pagesize_kb: z.number().int().nullable() });

const metadata = z.record(text, text);
export const metadataAnswer = z.strictObject({ metadata });
export const metaAnswer = z.strictObject({ meta: metadata });
export const tagsAnswer = z.strictObject({ tags: z.array(text) });

export const remoteConsoleAnswer = z.strictObject({
  remote_console: z.strictObject({ protocol: text, type: text, url: text }).meta({ title: 'RemoteConsole' }),
});
/** Of the actions that answer anything. */
export const serverActionAnswer = (version: Microversion) =>
  z.union([
    z.strictObject({ output: text }),
    z.strictObject({ console: z.strictObject({ type: text, url: text }) }),
    z.strictObject({ server: rebuiltServerSchema(version) }),
    z.strictObject({ adminPass: text }),
    z.strictObject({ image_id: text }),
  ]);
