import { z } from 'zod';
import { linksSchema } from '../http/link.schema.ts';
import { type Microversion, since } from '../http/microversion.ts';

const text = z.string();
const whole = z.number().int();
const description = text.nullable();
export const extraSpecsSchema = z.record(text, text);

export const flavorSummarySchema = (version: Microversion) =>
  z
    .strictObject({ id: text, name: text, ...since(version, 55, { description }), links: linksSchema })
    .meta({ title: 'FlavorSummary' });
export type FlavorSummary = z.infer<ReturnType<typeof flavorSummarySchema>>;

export const flavorSchema = (version: Microversion) =>
  z
    .strictObject({
      id: text,
      name: text,
      ram: whole.meta({ description: 'MiB' }),
      disk: whole.meta({ description: 'GiB' }),
      swap: (version >= 75 ? whole : z.union([whole, z.literal('')])).meta({ description: 'MiB' }),
      'OS-FLV-EXT-DATA:ephemeral': whole.meta({ description: 'GiB' }),
      'OS-FLV-DISABLED:disabled': z.boolean(),
      vcpus: whole,
      'os-flavor-access:is_public': z.boolean(),
      rxtx_factor: z.number(),
      links: linksSchema,
      ...since(version, 55, { description }),
      ...since(version, 61, { extra_specs: extraSpecsSchema }),
    })
    .meta({ title: 'FlavorView' });
export type FlavorView = z.infer<ReturnType<typeof flavorSchema>>;

export const extraSpecsAnswer = z.strictObject({ extra_specs: extraSpecsSchema });
export const flavorAccessAnswer = z.strictObject({
  flavor_access: z.array(z.strictObject({ flavor_id: text, tenant_id: text })),
});
