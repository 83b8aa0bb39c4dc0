import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventsBelow, IdentityChange } from '../contract/events.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { Condition } from '../resource/collection-query.ts';
import { Resource, type ResourceKind, type ResourceParts } from '../resource/resource.ts';
import { ANY_TOKEN } from './delegated-access.ts';
import { extraOf } from './extra-attributes.ts';
import { notFound } from './identity.errors.ts';
import { collectionSchema, selfLinkSchema } from './identity.schema.ts';
import { linkTo, toCollection } from './identity.view.ts';
import { newIdentityId } from './identity-id.ts';

export type Sent = Readonly<Record<string, unknown>>;
type Stored = { id: string };
/** What has events of its own for each change. */
type Thing = EventsBelow<'identity'> extends infer Name ? (Name extends `${infer One}.updated` ? One : never) : never;

/** What sets one kind of Keystone's resources apart from the others. */
export interface KeystoneKind<R extends Stored>
  extends Pick<ResourceKind<R>, 'table' | 'unique' | 'check' | 'checkDelete' | 'changed'> {
  /** As in paths, events and bodies: `endpoint_group`. */
  readonly thing: Thing;
  /** As messages say it, where that is another word. */
  readonly title?: string;
  /** The attributes a client may set, with the values they have when it does not. */
  readonly defaults: Omit<R, 'id' | 'extra'>;
  /** Unknown attributes are stored as well; these are known though none of the table. */
  readonly extra?: { readonly known: readonly string[] };
  /** Attributes that lists can be filtered by. */
  readonly filters: readonly string[];
}

/** Resources as Keystone has them: a change sends some of the attributes, unknown ones are kept as well. */
export class KeystoneResource<R extends Stored> extends Resource<R> {
  readonly keystone: KeystoneKind<R>;

  constructor(kind: KeystoneKind<R>, parts: ResourceParts) {
    const { thing, title = thing } = kind;
    const event = <Verb extends IdentityChange>(verb: Verb) => `identity.${thing}.${verb}` as const;
    super(
      {
        ...kind,
        notFound: (id) => notFound(title, id),
        events: { created: event('created'), updated: event('updated'), deleted: event('deleted') },
      },
      parts,
    );
    this.keystone = kind;
  }

  /** What a list's query asks for: the filters there are, and any attribute inexactly. */
  async seek(query: Sent): Promise<R[]> {
    const { filters } = this.keystone;
    const exact = filters.flatMap((attribute): Condition[] =>
      typeof query[attribute] === 'string' ? [{ attribute, is: '=', value: query[attribute] }] : [],
    );
    return await this.list({ where: [...exact, ...this.#inexact(query)] });
  }

  /** `id` where the caller may choose it; `secrets` are attributes that clients do not set. */
  async make(context: Context, sent: Sent, id = newIdentityId(), secrets: Partial<R> = {}): Promise<R> {
    return await this.create(context, { ...this.#made(sent, id), ...secrets });
  }

  /** All of them or none. */
  async makeMany(context: Context, list: readonly Sent[]): Promise<readonly R[]> {
    return await this.createMany(
      context,
      list.map((sent) => this.#made(sent, newIdentityId())),
    );
  }

  async change(context: Context, id: string, sent: Sent): Promise<R> {
    if (sent.id !== undefined && sent.id !== id) {
      const { thing } = this.keystone;
      throw new UserError('bad_request', `Cannot change ${thing} ID`, { field: `${thing}.id` });
    }
    return await this.update(context, id, (stored) => ({ ...this.#merge(sent, stored, extraIn(stored)), id }) as R);
  }

  #made(sent: Sent, id: string): R {
    return { ...this.#merge(sent, this.keystone.defaults), id } as R;
  }

  #merge(sent: Sent, stored: object, storedExtra: Record<string, unknown> = {}): object {
    const { defaults, extra } = this.keystone;
    const known = Object.keys(defaults);
    const set = Object.entries(sent).filter(([key, value]) => known.includes(key) && value !== undefined);
    return {
      ...stored,
      ...Object.fromEntries(set),
      ...(extra && { extra: extraOf(sent, [...known, ...extra.known], storedExtra) }),
    };
  }

  /** `name__icontains=x` (API reference, "Filtering and searching by attributes"); unknown comparators are passed over. */
  #inexact(query: Sent): Condition[] {
    const { table, extra } = this.keystone;
    return Object.entries(query).flatMap(([key, value]): Condition[] => {
      const border = key.indexOf('__', 1);
      const [, i, is] = /^(i?)(contains|startswith|endswith)$/.exec(key.slice(border + 2)) ?? [];
      if (border < 0 || !is || typeof value !== 'string') return [];
      const attribute = key.slice(0, border);
      const how = { is: is as 'contains', value, ignoresCase: i === 'i' };
      const isKnown = attribute !== 'extra' && Object.hasOwn(table.columns, attribute);
      if (isKnown) return [{ attribute, ...how }];
      return [extra ? { attribute: 'extra', member: attribute, ...how } : { attribute: 'id', is: 'in', value: [] }];
    });
  }
}

/** How the routes of one kind are told apart. */
export interface KeystoneRoutes<R extends Stored> {
  readonly records: KeystoneResource<R>;
  readonly thing: string;
  readonly things: string;
  /** The same as those of the kind, stated here since declaring touches no service. */
  readonly filters: readonly string[];
  /** Before the name in paths: `OS-EP-FILTER/`. */
  readonly base?: string;
  /** Of what stands under the name in bodies. */
  readonly create: z.ZodType<Sent>;
  readonly update: z.ZodType<Sent>;
  /** What is answered, links aside. */
  readonly shape: z.ZodRawShape;
  readonly toView?: ((record: R, origin: string) => object) | undefined;
  /** What is shown of one just made, where that is more: secrets are shown once. */
  readonly toMadeView?: (record: R) => object;
  /** Puts what was sent into the form that is stored. */
  readonly prepare?: (context: Context, sent: Sent) => Promise<Sent>;
  /** How one is made where it takes more than storing. */
  readonly make?: (request: { context: Context; sent: Sent }) => Promise<R>;
  /** A list of them is made at once. */
  readonly makesMany?: boolean;
}

/** `GET`, `POST` of all; `GET`, `PATCH`, `DELETE` of one. */
export function keystoneRoutes<R extends Stored>(of: KeystoneRoutes<R>): RouteDefinition[] {
  const { records, thing, things, filters, base = '', prepare = asSent } = of;
  const path = `/v3/${base}${things}`;
  const one = `${path}/:${thing}_id`;
  const idOf = (params: Record<string, string>) => params[`${thing}_id`] as string;
  const schema = recordSchema(of);
  const answer = z.object({ [thing]: schema });
  const show = (record: R, origin: string) => ({ [thing]: recordView(of, record, origin) });
  const common = { delegated: ANY_TOKEN };
  return [
    route({
      ...common,
      method: 'GET',
      path,
      rule: `identity:list_${things}`,
      query: z.looseObject(Object.fromEntries(filters.map((name) => [name, z.string().optional()]))),
      answer: collectionSchema(things, schema),
      handler: async ({ query, origin, raw }) => {
        const views = (await records.seek(query)).map((record) => recordView(of, record, origin));
        return toCollection(things, views, origin + raw.url);
      },
    }),
    of.makesMany ? makingMany(of, path) : makingOne(of, path),
    route({
      ...common,
      method: 'GET',
      path: one,
      rule: `identity:get_${thing}`,
      answer,
      handler: async ({ params, origin }) => show(await records.get(idOf(params)), origin),
    }),
    route({
      ...common,
      method: 'PATCH',
      path: one,
      rule: `identity:update_${thing}`,
      body: z.strictObject({ [thing]: of.update }),
      answer,
      handler: async ({ context, params, body, origin }) => {
        const sent = await prepare(context, body[thing] ?? {});
        return show(await records.change(context, idOf(params), sent), origin);
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: one,
      rule: `identity:delete_${thing}`,
      handler: async ({ context, params }) => await records.delete(context, idOf(params)),
    }),
  ];
}

function makingOne<R extends Stored>(of: KeystoneRoutes<R>, path: string): RouteDefinition {
  const { records, thing, prepare = asSent } = of;
  return route({
    method: 'POST',
    path,
    rule: `identity:create_${thing}`,
    delegated: ANY_TOKEN,
    body: z.strictObject({ [thing]: of.create }),
    answer: z.object({ [thing]: recordSchema(of) }),
    status: 201,
    handler: async ({ context, body, origin }) => {
      const sent = await prepare(context, body[thing] ?? {});
      const made = await (of.make ? of.make({ context, sent }) : records.make(context, sent));
      return { [thing]: recordView({ ...of, toView: of.toMadeView ?? of.toView }, made, origin) };
    },
  });
}

function makingMany<R extends Stored>(of: KeystoneRoutes<R>, path: string): RouteDefinition {
  const { records, things } = of;
  return route({
    method: 'POST',
    path,
    rule: `identity:create_${things}`,
    delegated: ANY_TOKEN,
    body: z.strictObject({ [things]: z.array(of.create).min(1) }),
    answer: z.object({ [things]: z.array(recordSchema(of)) }),
    status: 201,
    handler: async ({ context, body, origin }) => {
      const made = await records.makeMany(context, body[things] ?? []);
      return { [things]: made.map((record) => recordView(of, record, origin)) };
    },
  });
}

async function asSent(_context: Context, sent: Sent): Promise<Sent> {
  return sent;
}

export function recordSchema({ shape }: { shape: z.ZodRawShape }) {
  return z.looseObject({ id: z.string(), ...shape, links: selfLinkSchema });
}

/** As Keystone answers it: stored attributes it does not know stand beside those it does. */
export function recordView<R extends Stored>(
  { things, shape, base = '', toView = (record) => record }: KeystoneRoutes<R>,
  record: R,
  origin: string,
): object {
  const { extra, ...rest } = toView(record, origin) as { extra?: object };
  const known = Object.entries(rest).filter(([key]) => key === 'id' || Object.hasOwn(shape, key));
  return { ...extra, ...Object.fromEntries(known), links: linkTo(origin, `${base}${things}/${record.id}`) };
}

/** Bodies of changes name at least one attribute. */
export function changing(schema: z.ZodType<Sent>): z.ZodType<Sent> {
  return schema.refine((sent) => Object.keys(sent).length > 0, 'Invalid input: nothing to change');
}

function extraIn(record: object): Record<string, unknown> {
  return 'extra' in record ? (record.extra as Record<string, unknown>) : {};
}
