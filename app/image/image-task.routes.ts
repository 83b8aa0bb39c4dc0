import { z } from 'zod';
import type { UserError } from '../contract/errors.ts';
import type { TaskState, TaskView } from '../contract/task.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { missing } from '../resource/missing.ts';
import { limitOf, pageLinks, seconds } from './glance.resource.ts';
import { bad } from './image.schema.ts';
import type { ImageService } from './image.service.ts';
import { imageTarget } from './image.target.ts';
import { imageTasksAnswer, taskListAnswer, taskSchema } from './image-answer.schema.ts';
import type { ImportFilter } from './image-information.service.ts';

/** Work that makes images of something else, and the name of its method in Glance's terms. */
const METHODS: Readonly<Record<string, string>> = {
  'image.import': 'web-download',
  'image.build': 'build',
  'image.adopt': 'adopt',
};
const KINDS = Object.keys(METHODS);
const TYPE = 'api_image_import';

type Status = 'pending' | 'processing' | 'success' | 'failure';
const STATUSES: Readonly<Record<TaskState, Status>> = {
  pending: 'pending',
  running: 'processing',
  undoing: 'processing',
  succeeded: 'success',
  failed: 'failure',
  cancelled: 'failure',
};
const STATES = Object.keys(STATUSES) as TaskState[];
const one = z.string().optional();

/** `/v2/tasks`, for administrators, and those of an image for whoever sees it. */
export function taskRoutes(images: ImageService): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/v2/tasks',
      rule: 'tasks_api_access',
      query: z.object({ limit: one, marker: one, sort_key: one, sort_dir: one, status: one, type: one }),
      answer: taskListAnswer,
      handler: async (request) => {
        const { query } = request;
        const limit = limitOf(query.limit);
        if (query.marker !== undefined) await found(images, query.marker, bad);
        const tasks = await images.information.tasks({ ...filterOf(query), limit, marker: query.marker });
        const last = tasks.at(-1)?.id;
        return {
          tasks: tasks.map(toStub),
          ...pageLinks(request, tasks.length === limit ? last : undefined),
          schema: '/v2/schemas/tasks',
        };
      },
    }),
    route({
      method: 'GET',
      path: '/v2/tasks/:task',
      rule: 'tasks_api_access',
      answer: taskSchema,
      handler: async ({ params }) => {
        const task = await found(images, params.task, missing);
        return { ...toStub(task), ...outcomeOf(task) };
      },
    }),
    route({
      method: 'GET',
      path: '/v2/images/:id/tasks',
      rule: 'get_image',
      target: imageTarget(images),
      answer: imageTasksAnswer,
      handler: async ({ context, params }) => {
        const { id } = await images.records.get(context, params.id);
        const tasks = await images.information.tasks({ kinds: KINDS, subjectId: id, limit: 1000 });
        const kept = { expires_at: null, deleted: false, deleted_at: null };
        return { tasks: tasks.map((task) => ({ ...toShort(task), ...outcomeOf(task), ...kept })) };
      },
    }),
  ];
}

async function found(images: ImageService, id: string, refusal: (message: string) => UserError): Promise<TaskView> {
  const task = await images.information.task(id);
  if (!task || !KINDS.includes(task.kind)) throw refusal(`No task found with ID ${id}`);
  return task;
}

function filterOf(query: Readonly<Record<string, string | undefined>>): Omit<ImportFilter, 'limit'> {
  const { status, type, sort_key: key = 'created_at', sort_dir: direction = 'desc' } = query;
  if (key !== 'created_at') throw bad(`Invalid sort key: ${key}. It must be created_at.`, 'sort_key');
  if (direction !== 'asc' && direction !== 'desc') throw bad(`Invalid sort direction: ${direction}`, 'sort_dir');
  const states = STATES.filter((state) => status === undefined || STATUSES[state] === status);
  if (states.length === 0) throw bad(`Invalid status value: ${status}`, 'status');
  if (type !== undefined && type !== TYPE && type !== 'import') throw bad(`Invalid type value: ${type}`, 'type');
  return {
    kinds: type === 'import' ? [] : KINDS,
    ...(status !== undefined && { states }),
    isOldestFirst: direction === 'asc',
  };
}

function toShort({ id, state, projectId, createdAt, updatedAt, subject, requestId, userId }: TaskView) {
  return {
    id,
    type: TYPE,
    status: STATUSES[state],
    owner: projectId,
    created_at: seconds(createdAt),
    updated_at: seconds(updatedAt),
    image_id: subject.id,
    request_id: requestId,
    ...(userId !== null && { user_id: userId }),
  };
}

function toStub(task: TaskView) {
  return { ...toShort(task), self: `/v2/tasks/${task.id}`, schema: '/v2/schemas/task' };
}

function outcomeOf({ kind, subject, state, error }: TaskView) {
  const name = METHODS[kind] ?? kind;
  return {
    input: { image_id: subject.id, import_req: { method: { name } } },
    result: state === 'succeeded' ? { image_id: subject.id } : null,
    message: error?.message ?? '',
  };
}
