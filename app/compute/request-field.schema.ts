import { Address6 } from 'ip-address';
import { z } from 'zod';
import { UNPRINTABLE } from '../http/field.schema.ts';
import type { Microversion } from '../http/microversion.ts';
import { isBase64 } from './base64.ts';

export { booleanField, integerField, queryText } from '../http/field.schema.ts';

/** Fields that many of Nova's request bodies share, with Nova's limits (nova/api/validation/parameter_types.py). */

export const nameField = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => !UNPRINTABLE.test(name), 'It can only contain printable characters')
  .refine((name) => name.trim() === name, 'It can not start or end with a space');

export const descriptionField = z
  .string()
  .max(255)
  // Line breaks are fine in a text, other control characters are not.
  .refine((text) => !/[\p{Cs}]|[^\P{Cc}\r\n\t]/u.test(text), 'It can only contain printable characters')
  .nullable();

export const metadataField = z.record(
  z
    .string()
    .min(1)
    .max(255)
    .regex(/^[a-zA-Z0-9-_:. ]{1,255}$/, 'Metadata keys hold letters, digits, spaces and - _ : .'),
  z.string().max(255),
);

export const tagField = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[^,/]*$/, 'A tag holds neither comma nor slash')
  .refine((tag) => !UNPRINTABLE.test(tag), 'It can only contain printable characters');
export const MAX_TAGS = 50;

/** At most 64 KiB as sent, as Nova has it. */
export const userDataField = z.string().max(65535).refine(isBase64, 'Not base64').meta({ contentEncoding: 'base64' });

export const hostnameField = z.string().regex(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/, 'Not a host name');
export const fqdnField = z
  .string()
  .max(255)
  .regex(
    /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\.?$/,
    'Not a host name',
  );

const canonical = (address: string) => new Address6(address).correctForm();
const EMPTY = z.literal('').transform(() => '');
export const accessIpv4Field = z.union([EMPTY, z.ipv4(), z.null().transform(() => '')]);
export const accessIpv6Field = z.union([EMPTY, z.ipv6().transform(canonical), z.null().transform(() => '')]);
export const ipField = z.union([z.ipv4(), z.ipv6()]);
export const diskConfigField = z.enum(['AUTO', 'MANUAL']);

/** An id, or a link that ends in it, as the oldest clients send. */
export const referenceField = z
  .union([z.string().min(1).max(512), z.number().int().transform(String)])
  .transform((reference) => reference.split('/').filter(Boolean).at(-1) ?? '');

/** Parameters of a query; from 2.75 on others are refused, before they are passed over. */
export function strictFrom75(fields: (version: Microversion) => z.ZodRawShape) {
  return (version: Microversion) => {
    const shape = fields(version);
    const query = version >= 75 ? z.strictObject(shape) : z.object(shape);
    return query as unknown as z.ZodType<Readonly<Record<string, string | undefined>>>;
  };
}
