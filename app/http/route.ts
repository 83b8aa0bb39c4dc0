import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Context, Delegation } from '../contract/context.ts';
import { UnexpectedError } from '../contract/errors.ts';
import type { Attributes } from '../policy/policy-expression.ts';
import type { Microversion, Versioned } from './microversion.ts';

type NamesIn<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | NamesIn<`/${More}`>
    : Rest
  : never;
/** What stands in a path behind colons; any name where the path is only known as the program runs. */
export type ParamsOf<Path extends string> = string extends Path
  ? Record<string, string>
  : Record<NamesIn<Path>, string>;

/** Of a request whose path is only known as the program runs; one that the path does not have is a mistake of the program. */
export function paramOf({ params }: { readonly params: Readonly<Record<string, string>> }, name: string): string {
  const value = params[name];
  if (value === undefined) throw new UnexpectedError(`The path has no parameter ${name}`);
  return value;
}

export interface ApiRequest<Q, B, Path extends string = string> {
  /** For `public` routes this is the anonymous context unless a valid token came along. */
  readonly context: Context;
  readonly params: ParamsOf<Path>;
  readonly query: Q;
  readonly body: B;
  /** Negotiated microversion; 2.1 where the service has none. */
  readonly version: Microversion;
  /** Scheme and host the client used, such as `http://127.0.0.1:8774`, for links. */
  readonly origin: string;
  /** Checks one more policy rule, for what only the body tells; throws 403. */
  readonly enforce: (rule: string, target?: Attributes) => void;
  /** Whose request it is where no token says so, for the audit trail: the account that signs in. */
  readonly noteActor: (actor: { id: string | null; name: string | null }) => void;
  /** The same as a question: for what is shown or taken up only with that right. */
  readonly allows: (rule: string, target?: Attributes) => boolean;
  /** The token as it was sent, for services that hand it on. */
  readonly token: string | null;
  readonly raw: FastifyRequest;
  readonly reply: FastifyReply;
}

/** One schema, or one for each microversion. */
export type Declared<T> = z.ZodType<T> | ((version: Microversion) => z.ZodType<T>);

/** Making a schema costs more than using it, so those of a microversion are kept. */
const made = new WeakMap<object, Map<Microversion, z.ZodType>>();

/** The schema a declaration has in a microversion. */
export function schemaFor<T>(declared: Declared<T> | undefined, version: Microversion): z.ZodType<T> | undefined {
  if (typeof declared !== 'function') return declared;
  const versions = made.get(declared) ?? new Map<Microversion, z.ZodType>();
  made.set(declared, versions);
  const schema = versions.get(version) ?? declared(version);
  versions.set(version, schema);
  return schema as z.ZodType<T>;
}

/** One of several rules, where only body, query or what it is about tell which, as with the actions of a server. */
export interface RuleChoice<Q = unknown, B = unknown> {
  readonly among: readonly string[];
  /** `about` is what the rule will look at: parameters of the path, and what `target` of the route answered. */
  readonly choose: (request: ApiRequest<Q, B>, about: Attributes) => string;
}

/** Every rule a route may be asked about. */
export function rulesOf({ rule }: Pick<RouteDefinition, 'rule'>): readonly string[] {
  return typeof rule === 'string' ? [rule] : rule.among;
}

/** Tokens that stand for a user by delegation and yet reach a route. */
export interface DelegatedAccess {
  readonly by: readonly Delegation[];
  /** Where OpenStack says so. */
  readonly source: string;
}

/** The one way to declare a route: everything the edge needs to know about it, and its handler. */
export type RouteDefinition<Q = unknown, B = unknown, Path extends string = string> = RouteShape<Q, B, Path> &
  RouteAnswer<Q, B, Path>;

interface RouteShape<Q, B, Path extends string> {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the service's prefix, fastify syntax: `/servers/:serverId`. */
  readonly path: Path;
  /** OpenStack's policy rule, such as `os_compute_api:servers:create`; it must be known to the policy service. */
  readonly rule: string | RuleChoice<Q, B>;
  /** No token is asked for and no rule checked. */
  readonly isPublic?: boolean;
  /** It changes something though it is a GET, as some of Cinder's: recorded as changes are. */
  readonly isChange?: boolean;
  /** It is recorded once it is known who it was, and not with what it stores on the way. */
  readonly isSignIn?: boolean;
  /**
   * What the rule looks at beside the path's parameters (which it sees by their names), such as
   * `{ target: { user: { domain_id } } }`. Where the thing is not there, answer what is known: a caller who may do it
   * to anything then gets the handler's 404, everybody else the same 403 as for things that are there.
   */
  readonly target?: (request: ApiRequest<Q, B, Path>) => Promise<Attributes>;
  /** Which delegated tokens reach it (403 for others). Silent: none where the service says so, else as the rule says. */
  readonly delegated?: DelegatedAccess;
  /** Lowest and highest microversion that has the route; 404 outside. */
  readonly since?: Microversion;
  readonly until?: Microversion;
  readonly query?: Declared<Q>;
  /** Use `z.strictObject`, so that unknown fields are refused by name. Absent: the body is not read (streams). */
  readonly body?: Declared<B>;
  /** `fields=` in the query leaves out all members but those it names, as in Neutron. */
  readonly selectsFields?: boolean;
  /** Content types of the body, where it is not JSON or not only; then 415 for all others. */
  readonly bodyTypes?: readonly string[];
  /** The answer (202) only acknowledges: the work goes on as a task. */
  readonly isLongWork?: boolean;
  /** One sentence for the API's description, where method and path do not say it. */
  readonly summary?: string;
  /** Status of a successful answer; default 200, or 204 where the handler answers undefined. */
  readonly status?: number | ((version: Microversion) => number);
  /** Status where the handler answers nothing though it can answer something. */
  readonly emptyStatus?: number;
  /** Those that its handler may give an empty answer instead. */
  readonly otherEmptyStatuses?: readonly number[];
}

/** Status of a successful answer that holds something. */
export function statusFor({ status, answer, answerTypes }: RouteDefinition, version: Microversion): number {
  if (status === undefined) return answer || answerTypes ? 200 : 204;
  return typeof status === 'number' ? status : status(version);
}

type Handler<Q, B, Path extends string, A> = (request: ApiRequest<Q, B, Path>) => Promise<A>;

/**
 * What a successful answer holds, for the API's description and the typed client: JSON by a schema, or bytes of a
 * content type. A handler that answers something has to say which.
 */
type RouteAnswer<Q, B, Path extends string> =
  | { readonly answer: Declared<unknown>; readonly answerTypes?: never; readonly handler: Handler<Q, B, Path, unknown> }
  | { readonly answer?: never; readonly answerTypes: readonly string[]; readonly handler: Handler<Q, B, Path, unknown> }
  | { readonly answer?: never; readonly answerTypes?: never; readonly handler: Handler<Q, B, Path, void> };

/** Keeps the types of query, body and the path's parameters while declaring. */
export function route<Q, B, const Path extends string = string>(
  definition: RouteDefinition<Q, B, Path>,
): RouteDefinition {
  return definition as unknown as RouteDefinition;
}

/** The fault body a service's clients expect; see fault.ts. */
export type FaultStyle = 'nova' | 'keystone' | 'glance' | 'neutron' | 'placement' | 'v1';

export interface ServiceDefinition extends Versioned {
  readonly name: string;
  /** Its type in the catalogue, by which access rules name it, where that is not its name. */
  readonly type?: string;
  /** Where its routes hang, such as `/compute/v2.1`; '' for routes that state whole paths. */
  readonly prefix: string;
  /** Where its routes hang once more, without microversions, but for the one at the prefix itself. */
  readonly alsoAt?: string;
  /**
   * Behind the prefix may stand the id of the project that the token is of, as in Cinder; 400 for another. It says nothing
   * that the token does not, so no handler sees it.
   */
  readonly takesProjectId?: boolean;
  /** Paths below this one get this service's faults, also when no route matches (404, 405). */
  readonly root: string;
  readonly faults: FaultStyle;
  /** A name of its own that the id of a request has beside `X-Openstack-Request-Id`, as in Nova. */
  readonly requestIdHeader?: string;
  /** Delegated tokens reach only the routes that declare them: for services that say who somebody is. */
  readonly refusesDelegated?: boolean;
  /**
   * Who lacks the right hears that before what is wrong with query or body, and whoever takes no JSON a 406 before both, as
   * in Placement; elsewhere it is the other way round.
   */
  readonly asksRightsFirst?: boolean;
  /** Below this path a slash at the end stands before an empty id, as in Glance and Nova: 404. Elsewhere it does not matter. */
  readonly emptyIdsBelow?: string;
  /** Every GET can also be asked as HEAD, as in Keystone; a HEAD that is declared goes first. */
  readonly answersHead?: boolean;
  readonly routes: readonly RouteDefinition[];
}
