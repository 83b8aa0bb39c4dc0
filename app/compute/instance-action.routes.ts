import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { HostClaims } from './collaborators.ts';
import { nextLinks, parseLimit } from './collection-page.ts';
import {
  type ActionEventView,
  type InstanceActionView,
  instanceActionAnswer,
  instanceActionListAnswer,
} from './instance-action.schema.ts';
import { isoMicroseconds } from './nova-time.ts';
import { queryText } from './request-field.schema.ts';
import { serverIdOf } from './server.routes.ts';
import type { ServerService } from './server.service.ts';
import type { ServerActionRecord, ServerRecord } from './server.tables.ts';
import { hostIdOf } from './server.view.ts';
import type { ServerActionRepository } from './server-action.repository.ts';
import { parseTime, wholeSecond } from './server-list.query.ts';

const pageFields = {
  limit: queryText.optional(),
  marker: queryText.optional(),
  'changes-since': queryText.optional(),
};
const newestQuery = z.strictObject({ ...pageFields, 'changes-before': queryText.optional() });
type PageQuery = z.infer<typeof newestQuery>;
const pageQuery = (version: Microversion): z.ZodType<PageQuery> => {
  if (version >= 66) return newestQuery;
  return version >= 58 ? z.strictObject(pageFields) : z.object({});
};

/** `/servers/{id}/os-instance-actions`: who did what when, and what came of it. */
export function instanceActionRoutes(parts: {
  server: ServerService;
  actions: ServerActionRepository;
  claims: HostClaims;
}): RouteDefinition[] {
  // From 2.21 on deleted servers keep their history.
  const find = async (request: { context: Parameters<ServerService['get']>[0]; version: number }, id: string) =>
    request.version >= 21
      ? await parts.server.getAny(request.context, id)
      : await parts.server.get(request.context, id);

  return [
    route({
      method: 'GET',
      path: '/servers/:serverId/os-instance-actions',
      rule: 'os_compute_api:os-instance-actions:list',
      query: pageQuery,
      answer: instanceActionListAnswer,
      handler: async (request) => {
        const { query, version, origin } = request;
        const server = await find(request, serverIdOf(request));
        const limit = parseLimit(query.limit);
        const changesSince = parseTime(query['changes-since'], 'changes-since');
        const changesBefore = wholeSecond(parseTime(query['changes-before'], 'changes-before'));
        const page = { limit: version >= 58 ? limit : undefined, marker: query.marker, changesSince, changesBefore };
        const actions = await parts.actions.list(server.id, page);
        if (!actions)
          throw new UserError('bad_request', `Marker ${query.marker} could not be found.`, { field: 'marker' });
        const url = `${origin}/compute/v2.1/servers/${server.id}/os-instance-actions`;
        const marked = actions.map(({ requestId }) => ({ id: requestId }));
        const links = version >= 58 ? nextLinks(url, { ...query }, marked, limit) : undefined;
        return { instanceActions: actions.map((action) => actionView(action, version)), ...(links && { links }) };
      },
    }),
    route({
      method: 'GET',
      path: '/servers/:serverId/os-instance-actions/:requestId',
      rule: 'os_compute_api:os-instance-actions:show',
      answer: instanceActionAnswer,
      handler: async (request) => {
        const { version } = request;
        const showsEvents = request.allows('os_compute_api:os-instance-actions:events');
        const showsDetails = request.allows('os_compute_api:os-instance-actions:events:details');
        const server = await find(request, serverIdOf(request));
        const { requestId } = request.params;
        const action = await parts.actions.find(server.id, requestId);
        if (!action) throw new UserError('not_found', `Action ${requestId} not found`);
        const view = actionView(action, version);
        // Before 2.51 the events need a right of their own.
        if (version < 51 && !showsEvents) return { instanceAction: view };
        const events = await eventViews(parts, server, action, version, { showsEvents, showsDetails });
        return { instanceAction: { ...view, events } };
      },
    }),
  ];
}

function actionView(action: ServerActionRecord, version: Microversion): InstanceActionView {
  return {
    action: action.action,
    instance_uuid: action.serverId,
    request_id: action.requestId,
    user_id: action.userId,
    project_id: action.projectId,
    start_time: isoMicroseconds(action.startedAt),
    message: action.message,
    ...(version >= 58 && { updated_at: isoMicroseconds(action.updatedAt) }),
  };
}

async function eventViews(
  { actions, claims }: { actions: ServerActionRepository; claims: HostClaims },
  server: ServerRecord,
  action: ServerActionRecord,
  version: Microversion,
  { showsEvents, showsDetails }: { showsEvents: boolean; showsDetails: boolean },
): Promise<ActionEventView[]> {
  const events = await actions.events(action.serverId, action.requestId);
  return events.map((event) => ({
    event: event.event,
    start_time: isoMicroseconds(event.startedAt),
    finish_time: event.finishedAt && isoMicroseconds(event.finishedAt),
    result: event.result,
    ...(showsEvents && { traceback: null }),
    ...(version >= 62 && { hostId: hostIdOf(server.hostId, server.projectId) }),
    ...(version >= 62 && showsEvents && { host: server.hostId && claims.nameOf(server.hostId) }),
    ...(version >= 84 && showsDetails && { details: event.details }),
  }));
}
