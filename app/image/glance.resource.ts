import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { Transaction } from '../database/database.ts';
import { type ApiRequest, type RouteDefinition, route } from '../http/route.ts';
import type { Attributes } from '../policy/policy-expression.ts';
import type { CollectionQuery, Scope, Sort } from '../resource/collection-query.ts';
import type { Resource } from '../resource/resource.ts';
import { bad } from './image.schema.ts';

/** Of a request: whose it is and what it is about. */
export type Frame = Pick<ApiRequest<unknown, unknown>, 'context' | 'params' | 'raw' | 'reply' | 'origin'>;
type Viewed<R> = (record: R, frame: Frame) => object;

/** What the routes of one of Glance's resources have in common. Bodies are the thing itself, with no name around it. */
export interface GlanceKind<R extends object> {
  readonly records: Resource<R>;
  /** Below `/image`. */
  readonly path: string;
  /** Its name in the paths of one. */
  readonly param: string;
  readonly schema: z.ZodType;
  readonly view: Viewed<R>;
  /** What of it is there for the caller; throws 404 where what it belongs to is not. Changes ask in their transaction. */
  readonly scope: (frame: Frame, on?: Transaction) => Scope<R> | Promise<Scope<R>>;
  readonly target?: (frame: Frame) => Promise<Attributes>;
  /** Names in bodies that Glance keeps to itself: 403. */
  readonly readOnly?: readonly string[];
}

interface ListRoute<R> {
  rule: string;
  /** Its name in the answer, and what more that holds. */
  many: string;
  answer: z.ZodType;
  /** Address of the JSON schema, where the answer names it. */
  schema?: string;
  /** What `sort_key` may be; the first is the order where nothing is asked for. */
  sorts?: Readonly<Record<string, keyof R & string>>;
  /** The order of a list that nobody can sort. */
  order?: readonly Sort<R>[];
  /** It has `first` and `next`, and 25 where no `limit` is given. */
  isPaged?: boolean;
  query?: z.ZodRawShape;
  select?: (query: Query) => Pick<CollectionQuery<R>, 'where' | 'also'>;
  /** Where views take more than the records. */
  views?: (records: R[], frame: Frame) => Promise<object[]>;
}

interface CreateRoute<Sent, Made> {
  rule: string;
  body: z.ZodType<Sent>;
  make: (request: Frame, sent: Sent) => Promise<Made>;
  view?: (made: Made, frame: Frame) => object | Promise<object>;
  status?: number;
}

interface UpdateRoute<R, Sent> {
  rule: string;
  /** Where it is not that of the others. */
  target?: (frame: Frame) => Promise<Attributes>;
  body: z.ZodType<Sent>;
  change: (record: R, sent: Sent, frame: Frame) => R;
}

export type Query = Readonly<Record<string, string | undefined>>;

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;
const one = z.string().optional();

/** Glance's dialect: one call for each route, so that what is not like the others is written by hand beside them. */
export function glance<R extends object>(kind: GlanceKind<R>) {
  const { records, path, param, schema, view, scope, readOnly = [] } = kind;
  const onePath = `${path}/:${param}`;
  const idOf = (params: Readonly<Record<string, string>>) => params[param] as string;
  const scopeIn = (frame: Frame) => async (trx: Transaction) => await scope(frame, trx);
  const aimed = kind.target ? { target: kind.target } : {};

  return {
    list: ({ rule, many, answer, sorts = {}, order, isPaged = false, query = {}, select, ...of }: ListRoute<R>) =>
      route({
        method: 'GET',
        path,
        rule,
        ...aimed,
        query: z.object({
          ...query,
          ...(Object.keys(sorts).length > 0 && { limit: one, marker: one, sort_key: one, sort_dir: one }),
        }) as unknown as z.ZodType<Query>,
        answer,
        handler: async (request) => {
          const within = await scope(request);
          const asked = request.query;
          const limit = asked.limit !== undefined || isPaged ? limitOf(asked.limit) : undefined;
          const { also = [], ...selected } = select?.(asked) ?? {};
          const found = await records.list({
            ...within,
            ...selected,
            also: [...(within.also ?? []), ...also],
            sort: order ?? sortOf(asked, sorts),
            ...(limit !== undefined && { limit }),
            ...(asked.marker !== undefined && {
              marker: { id: asked.marker, missing: (id) => records.kind.notFound(id, within) },
            }),
          });
          const views = of.views ? await of.views(found, request) : found.map((record) => view(record, request));
          const last = found.at(-1)?.[records.store.id];
          return {
            [many]: views,
            ...(isPaged && pageLinks(request, limit === found.length ? last : undefined)),
            ...(of.schema !== undefined && { schema: of.schema }),
          };
        },
      }),

    show: ({ rule }: { rule: string }): RouteDefinition =>
      route({
        method: 'GET',
        path: onePath,
        rule,
        ...aimed,
        answer: schema,
        handler: async (request) =>
          view(await records.get(idOf(request.params), undefined, await scope(request)), request),
      }),

    create: <Sent extends object, Made extends R>(of: CreateRoute<Sent, Made>): RouteDefinition => {
      const { rule, body, make, view: show = view, status = 201 } = of;
      return route({
        method: 'POST',
        path,
        rule,
        ...aimed,
        body,
        answer: schema,
        status,
        handler: async (request) => {
          refuseReadOnly(request.body, readOnly);
          return await show(await make(request, request.body), request);
        },
      });
    },

    /** The whole thing is sent: what is left out has its default again. */
    update: <Sent extends object>({ rule, target, body, change }: UpdateRoute<R, Sent>): RouteDefinition =>
      route({
        method: 'PUT',
        path: onePath,
        rule,
        ...(target ? { target } : aimed),
        body,
        answer: schema,
        handler: async (request) => {
          refuseReadOnly(request.body, readOnly);
          const changed = await records.update(
            request.context,
            idOf(request.params),
            (stored) => change(stored, request.body, request),
            scopeIn(request),
          );
          return view(changed, request);
        },
      }),

    delete: ({ rule }: { rule: string }): RouteDefinition =>
      route({
        method: 'DELETE',
        path: onePath,
        rule,
        ...aimed,
        handler: async (request) => await records.delete(request.context, idOf(request.params), scopeIn(request)),
      }),

    deleteAll: ({ rule, also = [] }: { rule: string; also?: readonly string[] }): RouteDefinition =>
      route({
        method: 'DELETE',
        path,
        rule,
        ...aimed,
        handler: async (request) => {
          for (const further of also) request.enforce(further, (await kind.target?.(request)) ?? {});
          await records.deleteMany(request.context, scopeIn(request));
        },
      }),
  };
}

/** A list's `limit`; 25 where there is none, never above 1,000. */
export function limitOf(text: string | null | undefined): number {
  if (text === null || text === undefined) return DEFAULT_LIMIT;
  if (!/^\s*-?\d+\s*$/.test(text)) throw bad('limit param must be an integer', 'limit');
  if (Number(text) < 0) throw bad('limit param must be positive', 'limit');
  return Math.min(Number(text), MAX_LIMIT);
}

/** `first` and `next` of a page as Glance gives them: relative to the service, with what else was asked for. */
export function pageLinks({ raw }: Pick<Frame, 'raw'>, last: unknown): { first: string; next?: string } {
  const { pathname, searchParams: asked } = new URL(raw.url, 'http://localhost');
  const path = pathname.slice(pathname.indexOf('/v2/'));
  asked.delete('marker');
  const first = asked.size === 0 ? path : `${path}?${asked}`;
  if (last === undefined) return { first };
  asked.set('marker', String(last));
  return { first, next: `${path}?${asked}` };
}

/** Glance's times have no fraction. */
export function seconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}

function sortOf<R>({ sort_key, sort_dir }: Query, sorts: Readonly<Record<string, keyof R & string>>): Sort<R>[] {
  if (sort_dir !== undefined && sort_dir !== 'asc' && sort_dir !== 'desc') {
    throw bad(`Invalid sort direction: ${sort_dir}`, 'sort_dir');
  }
  const key = sort_key ?? Object.keys(sorts)[0];
  if (key === undefined) return [];
  const attribute = Object.hasOwn(sorts, key) ? sorts[key] : undefined;
  if (attribute === undefined) {
    throw bad(`Invalid sort key: ${key}. It must be one of: ${Object.keys(sorts).join(', ')}.`, 'sort_key');
  }
  return [{ attribute, direction: sort_dir ?? 'desc' }];
}

function refuseReadOnly(sent: object, names: readonly string[]): void {
  const name = names.find((one) => Object.hasOwn(sent, one));
  if (name !== undefined) throw new UserError('forbidden', `Attribute '${name}' is read-only.`, { field: name });
}
