import { UserError } from '../contract/errors.ts';
import { taskViewSchema } from '../contract/task.ts';
import { taskListSchema, taskQuerySchema } from '../contract/v1.ts';
import { type ApiRequest, type RouteDefinition, route } from '../http/route.ts';
import { visibleTo } from '../policy/authorization.ts';
import type { TaskService } from './task.service.ts';

/** `/v1/tasks`: what goes on, and what went on. */
export function taskRoutes(tasks: TaskService): RouteDefinition[] {
  /** What one may not do to another project's task is a 404, as if it were not there. */
  const find = async (
    { params, allows }: Pick<ApiRequest<unknown, unknown, '/:id'>, 'params' | 'allows'>,
    rule: string,
  ) => {
    const task = await tasks.find(params.id);
    if (!task || !allows(rule, { project_id: task.projectId })) {
      throw new UserError('not_found', `Task ${params.id} could not be found.`);
    }
    return task;
  };
  return [
    route({
      method: 'GET',
      path: '/tasks',
      rule: 'v1:tasks:list',
      query: taskQuerySchema,
      answer: taskListSchema,
      handler: async (request) => {
        const { query } = request;
        const visible = visibleTo(request, 'v1:tasks:list:all_projects');
        const list = await tasks.list({ ...query, limit: query.limit + 1, visibleTo: visible });
        const page = list.slice(0, query.limit);
        return { tasks: page, next: list.length > query.limit ? page.at(-1)?.id : null };
      },
    }),
    route({
      method: 'GET',
      path: '/tasks/:id',
      rule: 'v1:tasks:show',
      answer: taskViewSchema,
      handler: (request) => find(request, 'v1:tasks:show'),
    }),
    route({
      method: 'POST',
      path: '/tasks/:id/cancel',
      rule: 'v1:tasks:cancel',
      status: 202,
      answer: taskViewSchema,
      handler: async (request) => tasks.cancel((await find(request, 'v1:tasks:cancel')).id),
    }),
  ];
}
