import { z } from 'zod';

/** When it is possible; null where that does not matter. `tasks` are what may go on meanwhile, null among them nothing. */
export const allowedStatesSchema = z.object({
  vm: z.array(z.string()).nullable(),
  tasks: z.array(z.string().nullable()).nullable(),
});

/** What people must say before it is done: a member of what stands beside the key of the action. */
export const verbFieldSchema = z.object({ name: z.string(), kind: z.enum(['text', 'count']) });

/** One way in which a verb is offered to people. What it does and costs is a text of each language, by its name. */
export const verbOfferSchema = z
  .object({
    name: z.string(),
    rule: z.string().meta({ description: 'The policy rule that lets one do it.' }),
    path: z.string().meta({ description: 'Where `body` is sent by POST; `:id` stands for the server.' }),
    body: z.record(z.string(), z.unknown()),
    asks: z
      .string()
      .nullable()
      .meta({ description: 'A text that people may add: its member of what stands beside the key of the action.' }),
    fields: z.array(verbFieldSchema).meta({ description: 'What people must say: members of the same.' }),
    allowed: allowedStatesSchema,
    isFor: z.enum(['locked', 'unlocked']).nullable().meta({ description: 'Where only these come to something.' }),
    passesLock: z.boolean(),
    group: z.enum(['power', 'sleep', 'copy', 'repair', 'edit']),
    bulk: z.enum(['button', 'menu']).meta({ description: 'How it is offered for several at once.' }),
    confirms: z.enum(['each', 'several']).meta({ description: 'Asked before it is done to one, or only to several.' }),
    canBeSafe: z.boolean().meta({
      description: 'At `POST /v1/servers/{id}/safely` it can be asked for behind a snapshot that leads back.',
    }),
    isDangerous: z.boolean().meta({ description: 'Something of the guest may be lost.' }),
  })
  .meta({ title: 'VerbOffer' });

export const verbSchema = z
  .object({
    name: z.string().meta({ description: 'As os-instance-actions name it.' }),
    action: z.string().meta({ description: 'Its key in the body of `POST /servers/{id}/action`.' }),
    since: z.string().nullable().meta({ description: 'The first microversion that has it.' }),
    rule: z.string(),
    value: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'JSON schema of what stands beside the key; null where it means nothing.' }),
    allowed: allowedStatesSchema,
    isCancellable: z.boolean(),
    notification: z.string().nullable().meta({ description: 'Between `compute.instance.` and `.start` or `.end`.' }),
    offers: z.array(verbOfferSchema),
  })
  .meta({ title: 'Verb' });

export const verbListSchema = z.object({
  verbs: z.array(verbSchema),
  keptSeconds: z.number().meta({ description: 'For so long what is deleted can be restored.' }),
});

export type VerbOffer = z.infer<typeof verbOfferSchema>;
export type VerbList = z.infer<typeof verbListSchema>;
export type VerbView = z.infer<typeof verbSchema>;
