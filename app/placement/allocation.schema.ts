import { z } from 'zod';
import { since } from '../http/microversion.ts';
import { className, filled, generationField, MOST, uuidField, uuidKey } from './placement.schema.ts';

const name = z.string().min(1).max(255);
const amounts = filled(className, z.number().int().min(1).max(MOST));
const amountsOf = z.strictObject({ generation: generationField.optional(), resources: amounts });

/** A list until 1.11, by the providers since 1.12; none of them may be said since 1.28. */
export const ofProviders = z.record(uuidKey, amountsOf);
const ofSomeProviders = filled(uuidKey, amountsOf);
const listed = z
  .array(z.strictObject({ resource_provider: z.strictObject({ uuid: uuidField }), resources: amounts }))
  .min(1);

/** Which providers are for which group of a request: said by candidates, and of no use afterwards. */
const mappings = filled(z.string().regex(/^[a-zA-Z0-9_-]{0,64}$/), z.array(uuidField).min(1));
const consumerType = z
  .string()
  .regex(/^[A-Z0-9_]+$/, 'A type of consumers has upper-case letters, digits and underscores')
  .max(255);

function consumer(version: number, allocations: z.ZodType) {
  return z.strictObject({
    allocations,
    ...(version >= 8 && { project_id: name, user_id: name }),
    ...(version >= 28 && { consumer_generation: generationField.nullable() }),
    ...since(version, 34, { mappings: mappings.optional() }),
    ...(version >= 38 && { consumer_type: consumerType }),
  });
}

export interface SentConsumer {
  allocations: z.output<typeof ofProviders> | z.output<typeof listed>;
  project_id?: string;
  user_id?: string;
  consumer_generation?: number | null;
  consumer_type?: string;
}

/** Of one consumer. */
export function allocationBody(version: number): z.ZodType<SentConsumer> {
  const allocations = version < 12 ? listed : version < 28 ? ofSomeProviders : ofProviders;
  return consumer(version, allocations) as unknown as z.ZodType<SentConsumer>;
}

/** Of several, or of none for the reshaper. */
export function consumersBody(version: number, mayBeEmpty = false): z.ZodType<Record<string, SentConsumer>> {
  const one = consumer(version, ofProviders);
  const many = mayBeEmpty ? z.record(uuidKey, one) : filled(uuidKey, one);
  return many as unknown as z.ZodType<Record<string, SentConsumer>>;
}

const count = z.number().int();
const resources = z.record(z.string(), count);

export const consumerView = (version: number) =>
  z
    .strictObject({
      allocations: z.record(z.string(), z.strictObject({ generation: count, resources })),
      ...since(version, 12, { project_id: z.string().optional(), user_id: z.string().optional() }),
      ...since(version, 28, { consumer_generation: count.optional() }),
      ...since(version, 38, { consumer_type: z.string().optional() }),
    })
    .meta({ title: 'ConsumerAllocations' });
export const providerAllocationsView = (version: number) =>
  z.strictObject({
    resource_provider_generation: count,
    allocations: z.record(
      z.string(),
      z.strictObject({ resources, ...since(version, 28, { consumer_generation: count }) }),
    ),
  });
