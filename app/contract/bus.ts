import { z } from 'zod';
import { contextSchema } from './context.ts';
import { waitsForSchema } from './startup.ts';
import { wireErrorSchema } from './task.ts';

/**
 * One method of the bus: its name, version and schemas. The caller's library checks arguments before they leave,
 * the receiver checks them again, and a receiver that does not know `name` at `version` answers `unknown_method`.
 */
export interface BusMethod<A extends z.ZodType, R extends z.ZodType> {
  readonly name: string;
  readonly version: number;
  readonly args: A;
  readonly result: R;
}

export function defineMethod<A extends z.ZodType, R extends z.ZodType>(
  name: string,
  version: number,
  args: A,
  result: R,
): BusMethod<A, R> {
  return { name, version, args, result };
}

/** Progress a callee may report any number of times before it answers. */
export const busProgressSchema = z.object({
  stage: z.string(),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(['bytes', 'percent', 'items']),
  waitsFor: waitsForSchema.nullable().optional(),
});
export type BusProgress = z.infer<typeof busProgressSchema>;

/** The controller ends a connection that brings more in one frame. */
export const MAX_BUS_FRAME_BYTES = 16 * 1024 * 1024;

/** Frames on the hub's WebSocket, JSON text, both directions. RabbitMQ carries the same bodies as messages. */
export const busFrameSchema = z.discriminatedUnion('op', [
  /**
   * First frame of an agent. `host` is the host's id, empty of an agent that has none yet: it says the name and the
   * machines by which it may be known, and is told its id. `epoch` changes with each start of the agent process.
   */
  z.object({
    op: z.literal('hello'),
    host: z.string().max(253),
    name: z.string().max(253).optional(),
    machines: z.array(z.string()).optional(),
    epoch: z.string(),
    protocol: z.literal(1),
  }),
  z.object({ op: z.literal('welcome'), controllerId: z.string(), hostId: z.string().optional() }),
  z.object({
    op: z.literal('call'),
    id: z.string(),
    topic: z.string(),
    method: z.string(),
    version: z.number(),
    context: contextSchema,
    args: z.unknown(),
  }),
  z.object({
    op: z.literal('cast'),
    topic: z.string(),
    method: z.string(),
    version: z.number(),
    context: contextSchema,
    args: z.unknown(),
  }),
  z.object({ op: z.literal('progress'), id: z.string(), progress: busProgressSchema }),
  z.object({ op: z.literal('result'), id: z.string(), result: z.unknown() }),
  z.object({ op: z.literal('error'), id: z.string(), error: wireErrorSchema }),
  z.object({ op: z.literal('abort'), id: z.string() }),
]);
export type BusFrame = z.infer<typeof busFrameSchema>;
