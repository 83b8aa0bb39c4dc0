import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { queryText } from '../http/field.schema.ts';
import { linksSchema } from '../http/link.schema.ts';
import type { Microversion } from '../http/microversion.ts';
import { type ApiRequest, type Declared, type RouteDefinition, route, schemaFor } from '../http/route.ts';
import type { CollectionQuery, Scope, Sort } from '../resource/collection-query.ts';
import type { Resource } from '../resource/resource.ts';

export const PREFIX = '/volume/v3';
/** Most that one page holds, as Cinder's `osapi_max_limit`. */
const MAX_LIMIT = 1000;
const MAX_OFFSET = 0x7fffffff;

export type Query = Readonly<Record<string, string | undefined>>;
/** Of a request: what decides who sees what, and how it is shown. */
export type Frame = Pick<ApiRequest<Query, unknown>, 'allows' | 'context' | 'origin' | 'raw' | 'version'>;

/** What the routes of one of Cinder's resources have in common. */
export interface CinderKind<R extends object> {
  readonly records: Resource<R>;
  /** Below `/volume/v3`. */
  readonly path: string;
  /** Its names in bodies. */
  readonly one: string;
  readonly many: string;
  /** Name of the link to the next page. */
  readonly links: string;
  /** Its name in the paths of one. */
  readonly param: string;
  readonly since?: Microversion;
  readonly schema: z.ZodType;
  readonly view: (record: R, frame: Frame) => object;
  /** Links to one stand beside it. */
  readonly isLinked?: boolean;
  /** What of it is there for the caller. */
  readonly scope: (frame: Frame) => Scope<R>;
}

interface ListRoute<R> {
  rule: string;
  /** What lists can be sorted by, in Cinder's words. */
  sorts: Readonly<Record<string, keyof R & string>>;
  /** Of the filters. */
  query?: z.ZodRawShape;
  select?: (query: Query, frame: Frame) => Pick<CollectionQuery<R>, 'where'>;
}

interface ShowRoute<R> {
  rule: string;
  find?: (id: string, frame: Frame) => Promise<R>;
}

interface CreateRoute<R, Sent> {
  rule: string;
  /** Of what stands under its name. */
  body: Declared<Sent>;
  make: (frame: Frame, sent: Sent) => R;
  /** Where the answer tells less than later ones. */
  view?: (record: R, frame: Frame) => object;
  status?: number;
}

interface UpdateRoute<R, Sent> {
  rule: string;
  body: Declared<Sent>;
  change: (record: R, sent: Sent) => R;
  /** As of {@link CreateRoute}. */
  view?: (record: R, frame: Frame) => object;
}

const pages = { limit: queryText.optional(), marker: queryText.optional(), offset: queryText.optional() };
const order = { sort: queryText.optional(), sort_key: queryText.optional(), sort_dir: queryText.optional() };

/** Cinder's dialect: one call for each route, so that what is not like the others is written by hand beside them. */
export function cinder<R extends object>(kind: CinderKind<R>) {
  const { records, path, one, many, links, param, schema, view, scope, isLinked = false } = kind;
  const onePath = `${path}/:${param}`;
  const idOf = (params: Readonly<Record<string, string>>) => params[param] as string;
  const since = kind.since === undefined ? {} : { since: kind.since };
  const answer = z.strictObject({ [one]: schema, ...(isLinked && { links: linksSchema }) });
  const whole = (record: R, frame: Frame, show = view) => ({
    [one]: show(record, frame),
    ...(isLinked && { links: selfLinks(frame, `${path}/${String(record[records.store.id])}`) }),
  });

  return {
    list: ({ rule, sorts, query = {}, select }: ListRoute<R>): RouteDefinition =>
      route({
        method: 'GET',
        path,
        rule,
        ...since,
        query: z.object({ ...pages, ...order, ...query }) as unknown as z.ZodType<Query>,
        answer: z.strictObject({ [many]: z.array(schema), [links]: linksSchema.optional() }),
        handler: async (request) => {
          const { query: asked } = request;
          const limit = limitOf(asked.limit);
          const within = scope(request);
          const found = await records.list({
            ...within,
            ...select?.(asked, request),
            sort: sortOf(asked, sorts, records.store.id),
            limit,
            offset: offsetOf(asked.offset),
            ...(asked.marker !== undefined && {
              marker: { id: asked.marker, missing: (id: string) => records.kind.notFound(id, within) },
            }),
          });
          const last = found.length > 0 && found.length >= limit ? found.at(-1)?.[records.store.id] : undefined;
          return {
            [many]: found.map((record) => view(record, request)),
            ...(last !== undefined && { [links]: [nextLink(request, path, String(last))] }),
          };
        },
      }),

    show: ({ rule, find }: ShowRoute<R>): RouteDefinition =>
      route({
        method: 'GET',
        path: onePath,
        rule,
        ...since,
        answer,
        handler: async (request) => {
          const id = idOf(request.params);
          const record = await (find?.(id, request) ?? records.get(id, undefined, scope(request)));
          return whole(record, request);
        },
      }),

    create: <Sent>({ rule, body, make, view: show, status = 200 }: CreateRoute<R, Sent>): RouteDefinition =>
      route({
        method: 'POST',
        path,
        rule,
        ...since,
        body: (version) => z.strictObject({ [one]: schemaFor(body, version) as z.ZodType<Sent> }),
        answer,
        status,
        handler: async (request) =>
          whole(await records.create(request.context, make(request, request.body[one] as Sent)), request, show),
      }),

    update: <Sent>({ rule, body, change, view: show }: UpdateRoute<R, Sent>): RouteDefinition =>
      route({
        method: 'PUT',
        path: onePath,
        rule,
        ...since,
        body: (version) => z.strictObject({ [one]: schemaFor(body, version) as z.ZodType<Sent> }),
        answer,
        handler: async (request) => {
          const { context, params, body } = request;
          const changed = (stored: R) => change(stored, body[one] as Sent);
          return whole(await records.update(context, idOf(params), changed, scope(request)), request, show);
        },
      }),

    delete: ({ rule }: { rule: string }): RouteDefinition =>
      route({
        method: 'DELETE',
        path: onePath,
        rule,
        ...since,
        status: 202,
        handler: async (request) => await records.delete(request.context, idOf(request.params), scope(request)),
      }),
  };
}

/** With the project's id in it where the request has it. */
function baseOf({ origin, raw, context: { projectId } }: Frame): string {
  const inProject = projectId !== null && raw.url.startsWith(`${PREFIX}/${projectId}/`);
  return `${origin}${PREFIX}${inProject ? `/${projectId}` : ''}`;
}

function selfLinks(frame: Frame, path: string) {
  const self = baseOf(frame) + path;
  return [
    { rel: 'self', href: self },
    { rel: 'bookmark', href: self.replace(`${frame.origin}${PREFIX}`, `${frame.origin}/volume`) },
  ];
}

/** The same query with another marker. */
function nextLink(frame: Frame, path: string, last: string) {
  const { searchParams: asked } = new URL(frame.raw.url, 'http://localhost');
  asked.set('marker', last);
  return { rel: 'next', href: `${baseOf(frame)}${path}?${asked}` };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return MAX_LIMIT;
  if (!/^\s*-?\d+\s*$/.test(text)) throw bad('limit param must be an integer', 'limit');
  if (Number(text) < 0) throw bad('limit param must be positive', 'limit');
  return Math.min(Number(text), MAX_LIMIT);
}

function offsetOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\s*-?\d+\s*$/.test(text)) throw bad('offset must be an integer', 'offset');
  const offset = Number(text);
  if (offset < 0 || offset > MAX_OFFSET) throw bad(`offset must be from 0 to ${MAX_OFFSET}`, 'offset');
  return offset;
}

/** `sort=name:asc,id`, or the older pair; then what is newest, in the direction that was asked for first. */
function sortOf<R>(
  { sort, sort_key, sort_dir }: Query,
  sorts: Readonly<Record<string, keyof R & string>>,
  id: keyof R & string,
): Sort<R>[] {
  if (sort !== undefined && (sort_key !== undefined || sort_dir !== undefined)) {
    const message = "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with 'sort'.";
    throw bad(message, 'sort');
  }
  const wishes = (sort ?? `${sort_key ?? 'created_at'}:${sort_dir ?? ''}`).split(',');
  const asked = wishes.slice(0, Object.keys(sorts).length + 1).map((wish): Sort<R> => {
    const [key = '', direction = ''] = wish.split(':').map((part) => part.trim());
    const attribute = Object.hasOwn(sorts, key) ? sorts[key] : undefined;
    if (attribute === undefined) {
      throw bad(`Sort key supplied is invalid: ${key.slice(0, 40)}. It must be one of: ${Object.keys(sorts)}.`, 'sort');
    }
    if (direction !== '' && direction !== 'asc' && direction !== 'desc') {
      throw bad("Unknown sort direction, must be 'desc' or 'asc'.", 'sort');
    }
    return { attribute, direction: direction === '' ? 'desc' : direction };
  });
  const direction = asked[0]?.direction ?? 'desc';
  const whole = [
    ...asked,
    ...[sorts.created_at, id]
      .flatMap((attribute) => attribute ?? [])
      .map((attribute): Sort<R> => ({ attribute, direction })),
  ];
  return whole.filter(({ attribute }, index) => whole.findIndex((other) => other.attribute === attribute) === index);
}

/** Cinder says first that it is the input that is wrong. */
export function bad(message: string, field: string): UserError {
  return new UserError('bad_request', `Invalid input received: ${message}`, { field });
}
