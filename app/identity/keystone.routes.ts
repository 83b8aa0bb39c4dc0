import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UnexpectedError } from '../contract/errors.ts';
import { titleOf } from '../http/json-schema.ts';
import {
  type ApiRequest,
  type DelegatedAccess,
  paramOf,
  type RouteDefinition,
  type RuleChoice,
  route,
} from '../http/route.ts';
import type { Attributes } from '../policy/policy-expression.ts';
import { ANY_TOKEN } from './delegated-access.ts';
import { collectionSchema, pageOfSchema, selfLinkSchema } from './identity.schema.ts';
import { linkTo, toPagedCollection } from './identity.view.ts';
import { filterSchema, type Page } from './keystone.query.ts';
import type { KeystoneResource, Sent, Stored } from './keystone.resource.ts';

export type Asked<Q = unknown, Path extends string = string> = ApiRequest<Q, unknown, Path>;
type Verb = 'create' | 'get' | 'update' | 'delete';
type Rule = string | RuleChoice;
export type Target = (request: Asked) => Promise<Attributes>;

/** What all routes of one kind have in common. */
export interface KeystoneFrame<R extends { id: string }> {
  readonly thing: string;
  readonly things: string;
  /** Where they are below `/v3/`, where that is not their name: `OS-EP-FILTER/endpoint_groups`. */
  readonly path?: string | undefined;
  /** The parameter that names one, where it is not `<thing>_id`. */
  readonly param?: string;
  /** Of what is answered, under the name. */
  readonly schema: z.ZodType;
  readonly view: (record: R, origin: string, isListed: boolean) => object;
  /** For what is read and deleted as it is; else `find` and `remove` of the routes say how. */
  readonly records?: { get(id: string): Promise<R>; delete(context: Context, id: string): Promise<void> };
  /** What rules look at of the one that the path names. */
  readonly target?: Target;
  /** Where it is not Keystone's name of the verb and the thing. */
  readonly rule?: (verb: Verb) => Rule;
  /** Which delegated tokens reach them, where that is not any. */
  readonly delegated?: DelegatedAccess;
}

interface ListRoute<R, Q> {
  readonly rule?: string | RuleChoice<Q>;
  readonly target?: (request: Asked<Q>) => Promise<Attributes>;
  readonly query?: z.ZodType<Q>;
  /** A part of it may be asked for. */
  readonly isPaged?: boolean;
  readonly find: (request: Asked<Q>) => Promise<R[] | Page<R>>;
}

interface CreateRoute<R, S> {
  /** Of what stands under the name. */
  readonly body: z.ZodType<S>;
  readonly target?: (request: Asked, sent: S) => Attributes;
  readonly make: (request: Asked, sent: S) => Promise<R>;
  /** What is shown of one just made, where that is more: secrets are shown once. */
  readonly view?: (record: R, origin: string) => object;
}

interface ShowRoute<R> {
  readonly find?: (request: Asked, id: string) => Promise<R>;
  readonly target?: Target;
}

/** Routes of Keystone's resources, one a call: what a resource has not is left out, what is unlike them stands beside. */
export function keystone<R extends { id: string }>(of: KeystoneFrame<R>) {
  const { thing, things, path = things, param = `${thing}_id`, schema, records, target, delegated = ANY_TOKEN } = of;
  const all = `/v3/${path}`;
  const one = `${all}/:${param}`;
  const answer = z.object({ [thing]: schema });
  const ruleOf = of.rule ?? ((verb: Verb) => `identity:${verb}_${thing}`);
  const aboutOne = (verb: Verb) => ({ path: one, rule: ruleOf(verb), delegated, ...(target && { target }) });
  const idOf = (request: Asked) => paramOf(request, param);
  const bodyOf = <S>(body: z.ZodType<S>) => z.strictObject({ [thing]: body });
  const read = () => {
    if (!records) throw new UnexpectedError(`${path} says not how one is read`);
    return records;
  };
  const show = (record: R, { origin }: Pick<Asked, 'origin'>) => ({ [thing]: of.view(record, origin, false) });
  return {
    list: <Q = unknown>({ rule = `identity:list_${things}`, target, query, isPaged, find }: ListRoute<R, Q>) =>
      route<Q, unknown>({
        method: 'GET',
        path: all,
        rule,
        delegated,
        ...(target && { target }),
        ...(query && { query }),
        answer: (isPaged ? pageOfSchema : collectionSchema)(things, schema),
        handler: async (request) => {
          const found = await find(request);
          const page = Array.isArray(found) ? { items: found, isTruncated: false } : found;
          return toPagedCollection(things, page, (record) => of.view(record, request.origin, true), request);
        },
      }),

    create: <S>({ body, target, make, view = (record, origin) => of.view(record, origin, false) }: CreateRoute<R, S>) =>
      route<unknown, Record<string, S>>({
        method: 'POST',
        path: all,
        rule: ruleOf('create'),
        delegated,
        ...(target && { target: async (request) => target(request, request.body[thing] as S) }),
        body: bodyOf(body),
        answer,
        status: 201,
        handler: async (request) => ({
          [thing]: view(await make(request, request.body[thing] as S), request.origin),
        }),
      }),

    createMany: <S>({
      body,
      make,
    }: {
      body: z.ZodType<S>;
      make: (request: Asked, sent: S[]) => Promise<readonly R[]>;
    }) =>
      route<unknown, Record<string, S[]>>({
        method: 'POST',
        path: all,
        rule: `identity:create_${things}`,
        delegated,
        body: z.strictObject({ [things]: z.array(body).min(1) }),
        answer: z.object({ [things]: z.array(schema) }),
        status: 201,
        handler: async (request) => ({
          [things]: (await make(request, request.body[things] as S[])).map((each) =>
            of.view(each, request.origin, false),
          ),
        }),
      }),

    /** Makes one under an id that the client chose. */
    put: <S>({ body, make }: { body: z.ZodType<S>; make: (request: Asked, id: string, sent: S) => Promise<R> }) =>
      route<unknown, Record<string, S>>({
        method: 'PUT',
        path: one,
        rule: ruleOf('create'),
        delegated,
        body: bodyOf(body),
        answer,
        status: 201,
        handler: async (request) => show(await make(request, idOf(request), request.body[thing] as S), request),
      }),

    show: ({ find = (_request, id) => read().get(id), ...own }: ShowRoute<R> = {}) =>
      route({
        method: 'GET',
        ...aboutOne('get'),
        ...own,
        answer,
        handler: async (request) => show(await find(request, idOf(request)), request),
      }),

    update: <S>({
      body,
      change,
    }: {
      body: z.ZodType<S>;
      change: (request: Asked, id: string, sent: S) => Promise<R>;
    }) =>
      route<unknown, Record<string, S>>({
        method: 'PATCH',
        ...aboutOne('update'),
        body: bodyOf(body),
        answer,
        handler: async (request) => show(await change(request, idOf(request), request.body[thing] as S), request),
      }),

    delete: (remove = ({ context }: Asked, id: string) => read().delete(context, id)) =>
      route({
        method: 'DELETE',
        ...aboutOne('delete'),
        handler: async (request) => await remove(request, idOf(request)),
      }),
  };
}

interface Membership<Path extends string> {
  readonly path: Path;
  readonly rules: Readonly<Record<'check' | 'add' | 'remove', string>>;
  readonly target?: Target;
  /** Throws 404 where it is not there. */
  readonly check: Work<Path>;
  readonly add: Work<Path>;
  readonly remove: Work<Path>;
}
type Work<Path extends string> = (request: Asked<unknown, Path>) => Promise<void>;

/** What is there or not, and nothing is told of: `GET`, `PUT` and `DELETE` of one path. */
export function membershipRoutes<const Path extends string>(of: Membership<Path>): RouteDefinition[] {
  const { path, rules, target, check, add, remove } = of;
  const verbs = [
    ['GET', rules.check, check],
    ['PUT', rules.add, add],
    ['DELETE', rules.remove, remove],
  ] as const;
  return verbs.map(([method, rule, handler]) =>
    route<unknown, unknown, Path>({ method, path, rule, delegated: ANY_TOKEN, ...(target && { target }), handler }),
  );
}

/** How one kind is shown. */
interface Shown<R extends Stored> extends Pick<KeystoneFrame<R>, 'thing' | 'things' | 'path'> {
  /** What is answered, links aside: nothing else that is stored. */
  readonly shape: z.ZodRawShape;
  readonly toView?: (record: R, origin: string) => object;
}

/** As it is stored, but for `toView`; attributes Keystone does not know stand beside those it does. */
export function shownAs<R extends Stored>(of: Shown<R>) {
  const { thing, things, path = things, shape, toView = (record) => record } = of;
  return {
    thing,
    things,
    schema: z.looseObject({ id: z.string(), ...shape, links: selfLinkSchema }).meta({ title: `${titleOf(thing)}View` }),
    view: (record: R, origin: string): object => {
      const { extra, ...rest } = toView(record, origin) as Sent & { extra?: object };
      const known = ['id', ...Object.keys(shape)]
        .filter((key) => rest[key] !== undefined)
        .map((key) => [key, rest[key]]);
      const links = linkTo(origin, `${path}/${encodeURIComponent(record.id)}`);
      return { ...extra, ...Object.fromEntries(known), links };
    },
  };
}

/** How the routes of one kind of {@link KeystoneResource} are told apart. */
export interface KeystoneRoutes<R extends Stored>
  extends Shown<R>,
    Pick<KeystoneFrame<R>, 'param' | 'target' | 'rule'> {
  readonly records: KeystoneResource<R>;
  /** The same as those of the kind, stated here since declaring touches no service. */
  readonly filters: readonly string[];
  /** Of what stands under the name in bodies. */
  readonly create: z.ZodType<Sent>;
  readonly update: z.ZodType<Sent>;
  /** What is shown of one just made, where that is more. */
  readonly toMadeView?: (record: R) => object;
  /** Puts what was sent into the form that is stored. */
  readonly prepare?: (context: Context, sent: Sent) => Promise<Sent>;
  /** How one is made where it takes more than storing. */
  readonly make?: (context: Context, sent: Sent) => Promise<R>;
}

/** {@link keystone} of what is shown as it is stored. */
export function keystoneOf<R extends Stored>(of: KeystoneRoutes<R>) {
  return keystone<R>({ ...of, ...shownAs(of) });
}

/** `GET`, `POST` of all; `GET`, `PATCH`, `DELETE` of one. */
export function keystoneRoutes<R extends Stored>(of: KeystoneRoutes<R>): RouteDefinition[] {
  const { records, prepare = asSent, make = (context, sent) => records.make(context, sent), toMadeView } = of;
  return [
    ...keystoneChanges(of),
    keystoneOf(of).create({
      body: of.create,
      make: async ({ context }, sent) => await make(context, await prepare(context, sent)),
      ...(toMadeView && { view: shownAs({ ...of, toView: toMadeView }).view }),
    }),
  ];
}

/** The same without `POST`, where they are made in another way. */
export function keystoneChanges<R extends Stored>(of: KeystoneRoutes<R>): RouteDefinition[] {
  const { records, prepare = asSent } = of;
  const routes = keystoneOf(of);
  return [
    routes.list({ query: filterSchema(of.filters), find: ({ query }) => records.seek(query) }),
    routes.show(),
    routes.update({
      body: of.update,
      change: async ({ context }, id, sent) => await records.change(context, id, await prepare(context, sent)),
    }),
    routes.delete(),
  ];
}

async function asSent(_context: Context, sent: Sent): Promise<Sent> {
  return sent;
}

/** Bodies of changes name at least one attribute. */
export function changing<S extends object>(schema: z.ZodType<S>): z.ZodType<S> {
  return schema.refine((sent) => Object.keys(sent).length > 0, 'Invalid input: nothing to change');
}
