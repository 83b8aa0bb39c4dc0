import { z } from 'zod';
import { waitsForSchema } from './startup.ts';

export const taskStateSchema = z.enum(['pending', 'running', 'undoing', 'succeeded', 'failed', 'cancelled']);
export type TaskState = z.infer<typeof taskStateSchema>;

export const wireErrorSchema = z.object({
  kind: z.enum(['user', 'operational', 'unexpected']),
  code: z.string(),
  origin: z.enum(['user', 'controller', 'agent', 'hypervisor']),
  message: z.string(),
  hint: z.string().optional(),
  field: z.string().optional(),
});

export const taskStepSchema = z.object({
  /** Stable name such as `schedule`; the dashboard translates it under `task.step.<kind>.<name>`. */
  name: z.string(),
  state: z.enum(['pending', 'running', 'done', 'failed', 'undone', 'skipped']),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type TaskStep = z.infer<typeof taskStepSchema>;

/** How far the running step is. `total`, `rate` (units per second) and `secondsLeft` are null where unknown. */
export const taskProgressSchema = z.object({
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(['bytes', 'percent', 'items']),
  rate: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** What it cannot go on without, where that is known. */
  waitsFor: waitsForSchema.nullable().optional(),
});
export type TaskProgress = z.infer<typeof taskProgressSchema>;

/** Long work as people and programs see it: `GET /v1/tasks`, the event stream and the task tray. */
export const taskViewSchema = z
  .object({
    id: z.string(),
    /** `<resource>.<verb>`, such as `server.build`. */
    kind: z.string(),
    subject: z.object({ type: z.string(), id: z.string(), name: z.string().nullable() }),
    projectId: z.string().nullable(),
    userId: z.string().nullable(),
    requestId: z.string(),
    parentId: z.string().nullable(),
    state: taskStateSchema,
    steps: z.array(taskStepSchema),
    progress: taskProgressSchema.nullable(),
    cancellable: z.boolean(),
    abortRequested: z.boolean(),
    error: wireErrorSchema.nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .meta({ title: 'TaskView' });
export type TaskView = z.infer<typeof taskViewSchema>;
