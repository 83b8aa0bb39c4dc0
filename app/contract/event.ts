import { z } from 'zod';
import { taskProgressSchema, taskViewSchema } from './task.ts';

/** What a subscriber of `/v1/events` is told changed. It names the thing; who needs its new body reads it again. */
export const eventViewSchema = z
  .object({
    /** Ever-growing; `?after=<id>` resumes the stream without a gap. */
    id: z.number(),
    /** OpenStack's notification names where they exist: `compute.instance.create.end`, `image.upload`. */
    type: z.string(),
    resource: z.object({ type: z.string(), id: z.string() }),
    projectId: z.string().nullable(),
    userId: z.string().nullable(),
    requestId: z.string().nullable(),
    payload: z.record(z.string(), z.unknown()),
    createdAt: z.string(),
  })
  .meta({ title: 'EventView' });
export type EventView = z.infer<typeof eventViewSchema>;

/**
 * Frames of the `/v1/events` WebSocket, server to client. `task` carries a task's new record whole (not stored as an
 * event: after a reconnection read the tasks again); `tick` carries task progress that is not stored
 * (at most 4 a second per task); `reset` says that `after` is older than what is kept: read everything again.
 */
export const eventFrameSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('hello'), lastEventId: z.number() }),
  z.object({ op: z.literal('event'), event: eventViewSchema }),
  z.object({ op: z.literal('tick'), taskId: z.string(), progress: taskProgressSchema }),
  z.object({ op: z.literal('task'), task: taskViewSchema }),
  z.object({ op: z.literal('reset'), lastEventId: z.number() }),
]);
export type EventFrame = z.infer<typeof eventFrameSchema>;
