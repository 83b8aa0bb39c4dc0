import { z } from 'zod';
import { linksSchema } from '../http/link.schema.ts';
import { type Microversion, since } from '../http/microversion.ts';

const text = z.string();

const actionEventSchema = (version: Microversion) =>
  z.strictObject({
    event: text,
    start_time: text,
    finish_time: text.nullable(),
    result: text.nullable(),
    traceback: text.nullable().optional(),
    ...since(version, 62, { hostId: text, host: text.nullable().optional() }),
    ...since(version, 84, { details: text.nullable().optional() }),
  });
export type ActionEventView = z.infer<ReturnType<typeof actionEventSchema>>;

const actionSchema = (version: Microversion) =>
  z
    .strictObject({
      action: text,
      instance_uuid: text,
      request_id: text,
      user_id: text.nullable(),
      project_id: text.nullable(),
      start_time: text,
      message: text.nullable(),
      ...since(version, 58, { updated_at: text }),
      events: z.array(actionEventSchema(version)).optional(),
    })
    .meta({ title: 'InstanceActionView' });
export type InstanceActionView = z.infer<ReturnType<typeof actionSchema>>;

export const instanceActionAnswer = (version: Microversion) =>
  z.strictObject({ instanceAction: actionSchema(version) });
export const instanceActionListAnswer = (version: Microversion) =>
  z.strictObject({ instanceActions: z.array(actionSchema(version)), links: linksSchema.optional() });
