import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { EventsBelow } from '../contract/events.ts';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { CinderKind, Frame } from './cinder.resource.ts';

/** Keys and values that say more of a thing, in words of its own; Cinder lets a value be null. */
export type Specs = Readonly<Record<string, string | null>>;

/** So many one thing can have. */
const MOST = 128;
const value = z.string().max(255).nullable();
const few = (specs: object) => Object.keys(specs).length <= MOST;
const TOO_MANY = `There can be ${MOST} at most`;
const KEY = /^[a-zA-Z0-9-_:.]{1,255}$/;
const WIDE_KEY = /^[a-zA-Z0-9-_:. /]{1,255}$/;

/** As they are set one by one. */
const specsBody = z.record(z.string().regex(KEY, 'Keys hold letters, digits and - _ : .'), value).refine(few, TOO_MANY);
/** As they come with the thing itself. */
export const specsField = z
  .record(z.string().regex(WIDE_KEY, 'Keys hold letters, digits, spaces and - _ : . /'), value)
  .refine(few, TOO_MANY);
export const specsSchema = z.record(z.string(), z.string().nullable());

/** Throws where there would be more than one thing can have. */
export function fewSpecs(specs: Specs, field: string): Specs {
  if (few(specs)) return specs;
  throw new UserError('bad_request', `${TOO_MANY}.`, { field });
}

interface SpecsKind<R extends object> extends Pick<CinderKind<R>, 'records' | 'path' | 'param' | 'scope'> {
  /** Their name in bodies and paths. */
  readonly many: 'extra_specs' | 'group_specs';
  readonly since?: Microversion;
  readonly attribute: keyof R & string;
  readonly events: EventsOfSpecs;
  readonly rule: (verb: 'list' | 'show' | 'create' | 'update' | 'delete') => string;
  readonly createStatus: 200 | 202;
  readonly missing: (id: string, key: string) => UserError;
  /** Those that the caller may see. */
  readonly visible?: (specs: Specs, frame: Pick<Frame, 'allows'>) => Specs;
}
type EventsOfSpecs = 'volume_type_extra_specs' | 'group_type_specs';

/** The specs of things of one kind, each a route: `/types/{id}/extra_specs`, `/group_types/{id}/group_specs`. */
export function specsRoutes<R extends object>(kind: SpecsKind<R>): RouteDefinition[] {
  const { records, many, attribute, rule, scope, missing, visible = (specs: Specs) => specs } = kind;
  const path = `${kind.path}/:${kind.param}/${many}`;
  const since = kind.since === undefined ? {} : { since: kind.since };
  const idOf = (params: Readonly<Record<string, string>>) => params[kind.param] as string;
  const specsOf = (record: R) => record[attribute] as Specs;
  const read = async (request: Frame & { params: Readonly<Record<string, string>> }) =>
    visible(specsOf(await records.get(idOf(request.params), undefined, scope(request))), request);
  const change = async (
    request: Frame & { params: Readonly<Record<string, string>> },
    verb: EventsBelow<EventsOfSpecs>,
    next: (specs: Specs) => Specs,
  ) => {
    const changed = (record: R): R => {
      return { ...record, [attribute]: fewSpecs(next(specsOf(record)), many) };
    };
    await records.update(request.context, idOf(request.params), changed, scope(request), `${kind.events}.${verb}`);
  };
  return [
    route({
      ...{ method: 'GET', path, rule: rule('list'), ...since },
      answer: z.strictObject({ [many]: specsSchema }),
      handler: async (request) => ({ [many]: await read(request) }),
    }),
    route({
      ...{ method: 'POST', path, rule: rule('create'), ...since },
      body: z.strictObject({ [many]: specsBody }),
      answer: z.strictObject({ [many]: specsSchema }),
      status: kind.createStatus,
      handler: async (request) => {
        const sent = request.body[many] ?? {};
        await change(request, 'create', (specs) => ({ ...specs, ...sent }));
        return { [many]: sent };
      },
    }),
    route({
      ...{ method: 'GET', path: `${path}/:key`, rule: rule('show'), ...since },
      answer: specsSchema,
      handler: async (request) => {
        const { key = '' } = request.params;
        const specs = await read(request);
        if (!Object.hasOwn(specs, key)) throw missing(idOf(request.params), key);
        return { [key]: specs[key] };
      },
    }),
    route({
      ...{ method: 'PUT', path: `${path}/:key`, rule: rule('update'), ...since },
      body: specsBody,
      answer: specsSchema,
      handler: async (request) => {
        const { body, params } = request;
        const { key = '' } = params;
        if (Object.keys(body).length !== 1 || !Object.hasOwn(body, key)) {
          throw new UserError('bad_request', 'Request body and URI mismatch', { field: key.slice(0, 255) });
        }
        await change(request, 'update', (specs) => ({ ...specs, ...body }));
        return body;
      },
    }),
    route({
      ...{ method: 'DELETE', path: `${path}/:key`, rule: rule('delete'), ...since },
      status: 202,
      handler: async (request) => {
        const { key = '' } = request.params;
        await change(request, 'delete', (specs) => {
          if (!Object.hasOwn(specs, key)) throw missing(idOf(request.params), key);
          const { [key]: _gone, ...rest } = specs;
          return rest;
        });
      },
    }),
  ];
}
