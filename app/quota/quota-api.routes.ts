import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import { titleOf } from '../http/json-schema.ts';
import type { Microversion } from '../http/microversion.ts';
import { type ApiRequest, type Declared, paramOf, type RouteDefinition, route } from '../http/route.ts';
import type { Attributes } from '../policy/policy-expression.ts';
import {
  DEFAULT_PROJECT,
  type QuotaDefault,
  type QuotaDefaults,
  type QuotaResource,
  singleDefaults,
  UNLIMITED,
} from './quota.limits.ts';
import type { QuotaOwner } from './quota.repository.ts';
import type { Amounts, DescribedLimit, QuotaService } from './quota.service.ts';

const DEFAULT_OWNER: QuotaOwner = { projectId: DEFAULT_PROJECT };

type Request<Q = unknown> = Pick<ApiRequest<Q, unknown>, 'context' | 'params' | 'query' | 'version'>;

/** How one API tells of limits. */
export interface QuotaApi<Q> {
  readonly quota: QuotaService;
  /** What it tells of. */
  readonly limits: QuotaDefaults;
  /** What it calls a limit of the cloud's. */
  readonly nameOf?: (resource: QuotaResource, declared: QuotaDefault) => string;
  /** Where the limits of one owner are. */
  readonly path: string;
  readonly owner: (request: Request<Q>) => QuotaOwner;
  /** What bodies call a set of limits. */
  readonly within: string;
  /** Limits of each thing that the caller may see, by what the API calls them. */
  readonly each?: (context: Context) => Promise<ReadonlyMap<string, QuotaResource>>;
  /** How limits are refused that there are not. */
  readonly unknown?: (names: readonly string[]) => UserError;
  /** A limit as it is sent. */
  readonly limit: z.ZodType<number>;
  /** A limit with its use, as it is shown. */
  readonly entry: { readonly schema: z.ZodType; readonly view: (limit: DescribedLimit) => object };
  /** Of what is not here and clients know: it may be sent back as it is. Up to and with a microversion, or for ever. */
  readonly fixed?: Readonly<Record<string, { readonly limit: number; readonly until?: Microversion }>>;
  /** What GETs tell beside the limits. */
  readonly beside?: { readonly shape: z.ZodRawShape; readonly view: (request: Request<Q>) => object };
  readonly query?: Declared<Q>;
  readonly target?: (request: Request<Q>) => Promise<Attributes>;
  /** How a project that is not there is refused. */
  readonly unknownProject?: 'bad_request' | 'not_found';
  /** The limits of the cloud are set here too, as those of an owner of their own. */
  readonly setsDefaults?: true;
}

interface ShowRoute<Q> {
  rule: string;
  /** Below the path. */
  at?: string;
  /** With what is used: always, or where the query says so. */
  isDetailed?: boolean | ((query: Q) => boolean);
}

interface SetRoute<B, Q> {
  rule: string;
  /** Answers with what is used. */
  isDetailed?: boolean;
  /** What is sent beside the limits in the set. */
  options?: z.ZodRawShape;
  /** Where limits are not sent in the set. */
  body?: z.ZodType;
  /** May limits go below what is used? Throws where nothing can be set. */
  force: (body: B, request: Request<Q>) => boolean;
}

interface ResetRoute {
  rule: string;
  status?: number;
  summary?: string;
  /** Thrown where there is nothing to reset. */
  none?: (owner: QuotaOwner) => UserError;
}

/** The routes of one API's limits: one call for each, so that what is not like the others stands by hand beside them. */
export function quotaApi<Q>(api: QuotaApi<Q>) {
  const { quota, limits, path, owner, within, entry, fixed = {}, beside, unknownProject } = api;
  /** In the paths of projects the word is the id of a domain, whatever it stands for inside. */
  const changed = (request: Request<Q>): QuotaOwner => {
    const of = owner(request);
    if (of.projectId !== DEFAULT_PROJECT || api.setsDefaults) return of;
    throw new UserError(unknownProject ?? 'bad_request', `Project ID ${of.projectId} is not a valid project.`);
  };
  const { nameOf = (resource, { as = resource }) => as } = api;
  const single = new Map(singleDefaults(limits).map(([resource, declared]) => [nameOf(resource, declared), resource]));
  const named = async (context: Context) => (api.each ? new Map([...single, ...(await api.each(context))]) : single);
  const shown = (version: Microversion) =>
    Object.entries(fixed).filter(([, { until = Number.POSITIVE_INFINITY }]) => version <= until);
  const isTold = (version: Microversion, resource: QuotaResource) =>
    version <= (limits[resource]?.until ?? Number.POSITIVE_INFINITY);
  const namesIn = (version: Microversion) => [
    ...[...single].flatMap(([name, resource]) => (isTold(version, resource) ? [name] : [])),
    ...shown(version).map(([name]) => name),
  ];
  const aimed = { ...(api.query && { query: api.query }), ...(api.target && { target: api.target }) };

  /** The same of each limit. */
  const setOf = (one: z.ZodType, names: readonly string[], more: z.ZodRawShape = {}): z.ZodObject => {
    const shape = { ...Object.fromEntries(names.map((name) => [name, one])), ...more };
    return api.each ? z.object(shape).catchall(one) : z.strictObject(shape);
  };
  const answerOf = (isDetailed: ShowRoute<Q>['isDetailed'] = false, more?: z.ZodRawShape): Declared<unknown> => {
    const whole = z.number().int();
    const one = typeof isDetailed === 'function' ? z.union([whole, entry.schema]) : isDetailed ? entry.schema : whole;
    const title = [beside && !more ? 'Updated' : '', titleOf(within), isDetailed ? 'Details' : ''].join('');
    const schema = (version: Microversion) =>
      z.strictObject({ [within]: setOf(one, namesIn(version), more).meta({ title }) });
    return Object.keys(fixed).length > 0 ? schema : schema(0);
  };
  const view = async (
    of: QuotaOwner,
    { context, version }: Pick<Request<Q>, 'context' | 'version'>,
    isDetailed: boolean,
  ) => {
    const all = await named(context);
    const names = new Map([...all].filter(([, resource]) => isTold(version, resource)));
    const each = [...names.values()].filter((resource) => !Object.hasOwn(limits, resource));
    const further = shown(version).map(([name, { limit }]) => [name, limit] as const);
    if (!isDetailed) {
      const found = await quota.limits(of, undefined, each);
      return Object.fromEntries([...[...names].map(([name, resource]) => [name, found[resource]]), ...further]);
    }
    const found = await quota.describe(of, limits, each);
    return Object.fromEntries([
      ...[...names].flatMap(([name, resource]) => (found[resource] ? [[name, entry.view(found[resource])]] : [])),
      ...further.map(([name, limit]) => [name, entry.view({ limit, used: 0, isOwn: false })]),
    ]);
  };

  /** What is fixed may be repeated, as clients do that read, change and write a set whole. */
  const amountsOf = async (context: Context, sent: Readonly<Record<string, unknown>>): Promise<Amounts> => {
    const names = await named(context);
    const amounts: Amounts = {};
    const others: string[] = [];
    for (const [name, value] of Object.entries(sent)) {
      if (typeof value !== 'number') continue;
      const resource = names.get(name);
      if (resource !== undefined) amounts[resource] = value;
      else if (!Object.hasOwn(fixed, name) || (value !== fixed[name]?.limit && value !== UNLIMITED)) others.push(name);
    }
    if (others.length > 0) throw (api.unknown ?? cannotBeSet)(others);
    return amounts;
  };
  const cannotBeSet = ([name = '']: readonly string[]) =>
    new UserError('bad_request', `The limit of ${name.slice(0, 255)} cannot be set.`, { field: `${within}.${name}` });

  return {
    /** Of all limits. */
    limitsSchema: setOf(z.number().int(), [...single.keys()]),

    show: ({ rule, at = '', isDetailed = false }: ShowRoute<Q>): RouteDefinition =>
      route({
        method: 'GET',
        path: path + at,
        rule,
        ...aimed,
        answer: answerOf(isDetailed, beside?.shape),
        handler: async (request) => {
          const shown = await view(
            owner(request),
            request,
            typeof isDetailed === 'function' ? isDetailed(request.query) : isDetailed,
          );
          return { [within]: { ...beside?.view(request), ...shown } };
        },
      }),

    /** What holds for projects that have no limits of their own. */
    defaults: ({ rule, at }: { rule: string; at: string }): RouteDefinition =>
      route<Q, unknown, string>({
        method: 'GET',
        path: path + at,
        rule,
        ...(api.target && { target: api.target }),
        answer: answerOf(false, beside?.shape),
        handler: async (request) => ({
          [within]: { ...beside?.view(request), ...(await view(DEFAULT_OWNER, request, false)) },
        }),
      }),

    set: <B extends object>({ rule, options, isDetailed = false, force, body }: SetRoute<B, Q>): RouteDefinition =>
      route({
        method: 'PUT',
        path,
        rule,
        ...aimed,
        body: (body ??
          z.strictObject({
            [within]: setOf(api.limit.optional(), [...single.keys(), ...Object.keys(fixed)], options),
          })) as unknown as z.ZodType<B>,
        answer: answerOf(isDetailed),
        handler: async (request) => {
          const { [within]: sent = {} } = request.body as unknown as Record<string, Record<string, unknown>>;
          const allowed = { force: force(request.body, request), within, ...(unknownProject && { unknownProject }) };
          await quota.update(request.context, changed(request), await amountsOf(request.context, sent), allowed);
          return { [within]: await view(owner(request), request, isDetailed) };
        },
      }),

    reset: ({ rule, status, summary, none }: ResetRoute): RouteDefinition =>
      route({
        method: 'DELETE',
        path,
        rule,
        ...aimed,
        ...(status && { status }),
        ...(summary && { summary }),
        handler: async (request) => {
          const of = changed(request);
          await quota.reset(request.context, of, limits, none && (() => none(of)));
        },
      }),

    /** The projects that have limits of their own, with all that hold there. */
    owners: async (context: Context): Promise<(QuotaOwner & { limits: object })[]> => {
      const projects = await quota.projectsWithOwn([...single.values()]);
      const own = projects.map(async (projectId) => ({
        projectId,
        limits: await view({ projectId }, { context, version: 0 }, false),
      }));
      return await Promise.all(own);
    },
  };
}

/** Nova and Cinder keep classes of quotas and use one; its limits hold whatever is used. */
export function requireDefaultClass(_sent: object, request: Pick<Request, 'params'>): true {
  const name = paramOf(request, 'name');
  if (name === DEFAULT_PROJECT) return true;
  throw new UserError('bad_request', `There is no quota class ${name.slice(0, 255)}, only ${DEFAULT_PROJECT}.`);
}
