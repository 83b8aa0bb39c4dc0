import { z } from 'zod';
import { linksSchema } from '../http/link.schema.ts';
import type { Microversion } from '../http/microversion.ts';
import { type ApiRequest, type RouteDefinition, route, schemaFor } from '../http/route.ts';
import type { Attributes } from '../policy/policy-expression.ts';
import type { CollectionQuery, Scope } from '../resource/collection-query.ts';
import type { Resource } from '../resource/resource.ts';
import { nextLinks, parseLimit, parseOffset, unknownMarker } from './collection-page.ts';
import { queryText, strictFrom75 } from './request-field.schema.ts';

type Query = Readonly<Record<string, string | undefined>>;
type ForVersion<T> = (version: Microversion) => T;
/** Of a request: what decides who sees what, and how it is shown. */
export type Frame = Pick<ApiRequest<Query, unknown>, 'allows' | 'context' | 'origin' | 'version'>;
type Status = number | ForVersion<number>;

/** What the routes of one of Nova's resources have in common. */
export interface NovaKind<R extends object> {
  readonly records: Resource<R>;
  /** Below `/compute/v2.1`. */
  readonly path: string;
  /** Its names in bodies. */
  readonly one: string;
  readonly many: string;
  /** Its name in the paths of one. */
  readonly param: string;
  readonly schema: ForVersion<z.ZodType>;
  readonly view: (record: R, frame: Frame) => object;
  /** What its views have beside that and other tables hold, by id; read once for a whole list. */
  readonly beside?: (records: readonly R[]) => Promise<ReadonlyMap<string, object>>;
  /** Parameters that all its routes take; from 2.75 on others are refused, before they are passed over. */
  readonly query?: ForVersion<z.ZodRawShape>;
  /** What of it is there for the caller. */
  readonly scope: (request: Frame & { query: Query }) => Scope<R>;
  /** What rules look at beside the path's parameters. */
  readonly target?: (asked: Query) => Attributes;
}

interface ListRoute<R extends object> {
  rule: string;
  /** Behind the path: `/detail`. */
  suffix?: string;
  /** The microversion that brought `limit` and `marker`; 1 where they were always there. Silent: none has them. */
  pagedSince?: Microversion;
  /** Pages begin at a number, not behind a record; there is no link to the next. */
  byOffset?: true;
  /** Where a list has less than can be asked for one by one. */
  scope?: NovaKind<R>['scope'];
  /** Filters and order. */
  select?: (query: Query, frame: Frame) => Pick<CollectionQuery<R>, 'where' | 'sort' | 'also'>;
  query?: ForVersion<z.ZodRawShape>;
  schema?: ForVersion<z.ZodType>;
  view?: (record: R, frame: Frame) => object;
}

interface CreateRoute<R, Sent, Made extends R> {
  rule: string;
  /** Of what stands under its name. */
  body: ForVersion<z.ZodType<Sent>>;
  /** Of the answer, where it is another than what is shown later. */
  schema?: ForVersion<z.ZodType>;
  make: (request: Frame, sent: Sent) => Promise<Made>;
  /** What is shown of one just made, where that is more. */
  view?: (made: Made, frame: Frame) => object;
  target?: (sent: Sent) => Attributes;
  status?: Status;
}

interface UpdateRoute<R, Sent> {
  rule: string;
  since?: Microversion;
  body: ForVersion<z.ZodType<Sent>>;
  change: (record: R, sent: Sent) => R;
}

/** Nova's dialect: one call for each route, so that what is not like the others is written by hand beside them. */
export function nova<R extends object>(kind: NovaKind<R>) {
  const { records, path, one, many, param, scope, target, view } = kind;
  const onePath = `${path}/:${param}`;
  const idOf = (params: Readonly<Record<string, string>>) => params[param] as string;
  const answer = (version: Microversion) => z.strictObject({ [one]: schemaFor(kind.schema, version) as z.ZodType });
  const asked = kind.query && { query: strictFrom75(kind.query) };
  const aboutQuery = target && { target: async ({ query }: { query: Query }) => target(query) };

  const besides = async (found: readonly R[]) => (await kind.beside?.(found)) ?? new Map<string, object>();
  const whole = async (record: R, shown: object) => ({
    ...shown,
    ...(await besides([record])).get(String(record[records.store.id])),
  });

  return {
    list: ({ rule, suffix = '', pagedSince, byOffset, select, ...of }: ListRoute<R>): RouteDefinition => {
      const { schema = kind.schema, view: show = view } = of;
      const hasPages = (version: Microversion) => pagedSince !== undefined && version >= pagedSince;
      const from = byOffset ? 'offset' : 'marker';
      const pages = { limit: queryText.optional(), [from]: queryText.optional() };
      return route({
        method: 'GET',
        path: path + suffix,
        rule,
        ...aboutQuery,
        query: strictFrom75((version) => ({
          ...kind.query?.(version),
          ...of.query?.(version),
          ...(hasPages(version) && pages),
        })),
        answer: (version) =>
          z.strictObject({
            [many]: z.array(schemaFor(schema, version) as z.ZodType),
            [`${many}_links`]: linksSchema.optional(),
          }),
        handler: async (request) => {
          const { query, origin, version } = request;
          const { marker, offset } = query;
          const selected = joined((of.scope ?? scope)(request), select?.(query, request));
          const limit = parseLimit(byOffset && query.limit === '0' ? undefined : query.limit);
          const found = await records.list({
            ...selected,
            ...(hasPages(version) && { limit, offset: parseOffset(offset) }),
            ...(marker !== undefined && { marker: { id: marker, missing: unknownMarker } }),
          });
          const more = await besides(found);
          const page = found.map((record) => ({ id: String(record[records.store.id]), record }));
          const links =
            hasPages(version) && !byOffset
              ? nextLinks(`${origin}/compute/v2.1${path}${suffix}`, { ...query }, page, limit)
              : undefined;
          return {
            [many]: page.map(({ id, record }) => ({ ...show(record, request), ...more.get(id) })),
            ...(links && { [`${many}_links`]: links }),
          };
        },
      });
    },

    show: ({ rule, view: show = view }: { rule: string; view?: NovaKind<R>['view'] }): RouteDefinition =>
      route({
        method: 'GET',
        path: onePath,
        rule,
        ...aboutQuery,
        ...asked,
        answer,
        handler: async (request) => {
          const record = await records.get(idOf(request.params), undefined, scope(request));
          return { [one]: await whole(record, show(record, request)) };
        },
      }),

    create: <Sent, Made extends R>(of: CreateRoute<R, Sent, Made>): RouteDefinition => {
      const { rule, body, make, schema, view: show = view, status = 200 } = of;
      return route({
        method: 'POST',
        path,
        rule,
        body: (version) => z.strictObject({ [one]: schemaFor(body, version) as z.ZodType<Sent> }),
        ...(of.target && {
          target: async ({ body }: { body: Record<string, Sent> }) => of.target?.(body[one] as Sent) ?? {},
        }),
        answer: schema ? (version) => z.strictObject({ [one]: schemaFor(schema, version) as z.ZodType }) : answer,
        status,
        handler: async (request) => ({ [one]: show(await make(request, request.body[one] as Sent), request) }),
      });
    },

    update: <Sent>({ rule, since, body, change }: UpdateRoute<R, Sent>): RouteDefinition =>
      route({
        method: 'PUT',
        path: onePath,
        rule,
        ...(since !== undefined && { since }),
        body: (version) => z.strictObject({ [one]: schemaFor(body, version) as z.ZodType<Sent> }),
        answer,
        handler: async (request) => {
          const { context, params, body } = request;
          const within = scope({ ...request, query: {} });
          const record = await records.update(
            context,
            idOf(params),
            (stored) => change(stored, body[one] as Sent),
            within,
          );
          return { [one]: await whole(record, view(record, request)) };
        },
      }),

    delete: ({ rule, status = 204 }: { rule: string; status?: Status }): RouteDefinition =>
      route({
        method: 'DELETE',
        path: onePath,
        rule,
        ...aboutQuery,
        ...asked,
        status,
        handler: async (request) => await records.delete(request.context, idOf(request.params), scope(request)),
      }),
  };
}

function joined<R>(scope: Scope<R>, selected: Pick<CollectionQuery<R>, 'where' | 'sort' | 'also'> = {}) {
  return { ...scope, ...selected, also: [...(scope.also ?? []), ...(selected.also ?? [])] };
}
