import { z } from 'zod';

/** Which machines start with their host, in which order, and after which others. */

/** `as-before`: it starts where it ran as its host went down. */
export const startChoiceSchema = z.enum(['as-before', 'always', 'never']);
export type StartChoice = z.infer<typeof startChoiceSchema>;

const portSchema = z.number().int().min(1).max(65_535);
/** As a request has it: no blank and no control character, which would end it. */
const pathSchema = z
  .string()
  .regex(/^\/[\x21-\x7e]*$/, 'must begin with / and have no blanks')
  .max(1024);

/** What is asked of a guest over its network, and how it says that it is well. */
export const guestCheckSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tcp'), port: portSchema }),
  /** `status` null: any from 200 to 399. */
  z.strictObject({
    kind: z.literal('http'),
    port: portSchema,
    path: pathSchema.default('/'),
    status: z.number().int().min(100).max(599).nullable().default(null),
  }),
]);
export type GuestCheck = z.infer<typeof guestCheckSchema>;

export const healthySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('running') }),
  /** Its guest agent answers: QEMU's own, or one that speaks as it does. */
  z.strictObject({ kind: z.literal('guest-agent') }),
  ...guestCheckSchema.options,
]);
export type Healthy = z.infer<typeof healthySchema>;

/** Of another machine of the project, until which this one waits. */
export const startAfterSchema = z.strictObject({
  server: z.uuid(),
  healthy: healthySchema.default({ kind: 'running' }),
  /** How long it is waited for, from the moment it was started, or the turn of the waiting machine came. */
  timeoutSeconds: z.number().int().min(1).max(86_400).default(300),
  /** What comes after that. */
  onTimeout: z.enum(['start', 'stay']).default('start'),
});
export type StartAfter = z.infer<typeof startAfterSchema>;

export const MOST_AFTER = 16;

export const startupSchema = z.strictObject({
  /** Null: as the cloud does with those that say nothing. */
  start: startChoiceSchema.nullable().default(null),
  /** Lower ones start first; null: behind all that have one. */
  order: z.number().int().min(0).max(9999).nullable().default(null),
  /** How long its start waits once its turn has come. */
  delaySeconds: z.number().int().min(0).max(86_400).default(0),
  after: z.array(startAfterSchema).max(MOST_AFTER).default([]),
});
export type Startup = z.infer<typeof startupSchema>;

const startAfterViewSchema = startAfterSchema.extend({ name: z.string() }).meta({ title: 'StartAfterView' });

export const startupViewSchema = startupSchema
  .extend({
    after: z.array(startAfterViewSchema),
    /** What `start: null` means. */
    default: startChoiceSchema,
  })
  .meta({ title: 'StartupView' });
export type StartupView = z.infer<typeof startupViewSchema>;

/** The machines of a project, or of one group of it, in the order in which they start; each wave waits for those before it. */
export const startupOrderSchema = z
  .object({
    default: startChoiceSchema,
    /** How many of a host start at a time, and for how long each counts. */
    atOnce: z.number().int(),
    settleSeconds: z.number().int(),
    waves: z.array(
      z.array(
        z
          .object({
            id: z.string(),
            name: z.string(),
            start: startChoiceSchema,
            order: startupSchema.shape.order,
            delaySeconds: z.number().int(),
            after: z.array(startAfterViewSchema),
          })
          .meta({ title: 'StartingMachine' }),
      ),
    ),
  })
  .meta({ title: 'StartupOrder' });
export type StartupOrder = z.infer<typeof startupOrderSchema>;

/** A tag that machines of a project have, which makes them a group. */
export const machineGroupSchema = z
  .object({ name: z.string(), machines: z.number().int(), running: z.number().int(), stopped: z.number().int() })
  .meta({ title: 'MachineGroupView' });
export type MachineGroup = z.infer<typeof machineGroupSchema>;
export const machineGroupListSchema = z.object({ groups: z.array(machineGroupSchema) });

/** What long work with several machines waits for just now. */
export const waitsForSchema = z.object({ name: z.string(), healthy: healthySchema }).meta({ title: 'WaitsFor' });
export type WaitsFor = z.infer<typeof waitsForSchema>;
