import { z } from 'zod';
import { machineStatusSchema, powerStateSchema, storedSpecSchema } from './machine.ts';

/** What nobody knows: found on a host or in the controller's folder, kept until somebody adopts or removes it. */

const name = z.string().min(1).max(255);

/** What a host found. `machine`: our own record describes it; the other two are named by their file or folder. */
export const foundThingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('machine'), spec: storedSpecSchema, status: machineStatusSchema }),
  /** In `agent/machines/`, and no machine. */
  z.object({ kind: z.literal('machine-folder'), name }),
  /** Runs though the folder of its machine was deleted; named by the machine's id. */
  z.object({ kind: z.literal('process'), name }),
  /** In `agent/image-cache/`, and used by no machine there. */
  z.object({ kind: z.literal('cached-file'), name, bytes: z.number().int() }),
]);
export type FoundThing = z.infer<typeof foundThingSchema>;

/** A host tells so many at most; what is more is told once these are settled. */
export const MOST_FOUND = 1000;

export const unclaimedSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['machine', 'machine-folder', 'process', 'cached-file', 'image-file']).meta({
      description:
        "process: runs though its machine's folder was deleted. image-file: in the controller's folder images/unclaimed.",
    }),
    name: z.string().meta({ description: 'What is typed to remove it.' }),
    host: z.object({ id: z.string(), name: z.string() }).nullable().meta({ description: 'Null: the controller.' }),
    bytes: z.number().int().nullable(),
    since: z.string().meta({ description: 'When it was first seen.' }),
    canAdopt: z.boolean(),
    isGoing: z.boolean().meta({ description: 'An administrator removed it; it goes when its host is there.' }),
    machine: z
      .object({
        id: z.string(),
        powerState: powerStateSchema,
        vcpus: z.number().int(),
        memoryMib: z.number().int(),
        diskGib: z.number().int(),
        addresses: z.array(z.string()),
      })
      .nullable(),
  })
  .meta({ title: 'Unclaimed' });
export type Unclaimed = z.infer<typeof unclaimedSchema>;

export const unclaimedQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  marker: z.string().max(100).optional(),
});

/** `older`: files know of later changes than the database; `other`: it is not the database that was here before. */
export const staleDatabaseSchema = z.object({ kind: z.enum(['older', 'other']), since: z.string() });
export type StaleDatabase = z.infer<typeof staleDatabaseSchema>;

export const unclaimedListSchema = z.object({
  unclaimed: z.array(unclaimedSchema),
  next: z.string().nullable(),
  count: z.number().int().meta({ description: 'Of all pages, without those that are being removed.' }),
  staleDatabase: staleDatabaseSchema
    .nullable()
    .meta({ description: 'Where the database is not as new as its folder.' }),
});
export type UnclaimedList = z.infer<typeof unclaimedListSchema>;

export const adoptSchema = z.strictObject({ projectId: z.string().min(1).max(64) });
export const adoptedSchema = z.object({
  resource: z.object({ type: z.enum(['server', 'image']), id: z.string(), name: z.string() }),
  addresses: z
    .array(z.object({ mac: z.string(), before: z.string(), now: z.string() }))
    .meta({ description: 'Addresses that were taken by others meanwhile; the new ones hold from its next start.' }),
});
export type Adopted = z.infer<typeof adoptedSchema>;

export const removeUnclaimedSchema = z.strictObject({
  name: z.string().max(255).meta({ description: 'Its name again, so that nothing else is meant.' }),
});
