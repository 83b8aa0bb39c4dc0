import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventsBelow, IdentityChange } from '../contract/events.ts';
import type { CollectionQuery, Scope } from '../resource/collection-query.ts';
import { Resource, type ResourceKind, type ResourceParts } from '../resource/resource.ts';
import { extraOf } from './extra-attributes.ts';
import { notFound } from './identity.errors.ts';
import { newIdentityId } from './identity-id.ts';
import { conditionsOf, markerNotFound, type Page, type PageQuery, type Sent } from './keystone.query.ts';

export type { Sent } from './keystone.query.ts';
export type Stored = { id: string };
/** What has events of its own for each change. */
type Thing = EventsBelow<'identity'> extends infer Name ? (Name extends `${infer One}.updated` ? One : never) : never;

/** What sets one kind of Keystone's resources apart from the others. */
export interface KeystoneKind<R extends Stored>
  extends Pick<
    ResourceKind<R>,
    'table' | 'told' | 'unique' | 'check' | 'checkDelete' | 'written' | 'deleting' | 'changed'
  > {
  /** As in paths, events and bodies: `endpoint_group`. */
  readonly thing: Thing;
  /** As messages say it, where that is another word. */
  readonly title?: string;
  /** The attributes a client may set, with the values they have when it does not. */
  readonly defaults: Partial<Omit<R, 'id' | 'extra'>>;
  /** Unknown attributes are stored as well; these are known though none of the table. */
  readonly extra?: { readonly known: readonly string[] };
  /** Attributes that lists can be filtered by. */
  readonly filters: readonly string[];
  /** What is stored of what was sent, where that is something else; throws what may not be sent (of `stored`: for it). */
  readonly refine?: (sent: Sent, stored: R | undefined) => Sent;
  /** In place of the title and the id. */
  readonly notFound?: ResourceKind<R>['notFound'];
}

/** Resources as Keystone has them: a change sends some of the attributes, unknown ones are kept as well. */
export class KeystoneResource<R extends Stored> extends Resource<R> {
  readonly keystone: KeystoneKind<R>;

  constructor(kind: KeystoneKind<R>, parts: ResourceParts) {
    const { thing, title = thing } = kind;
    const event = <Verb extends IdentityChange>(verb: Verb) => `identity.${thing}.${verb}` as const;
    super(
      {
        notFound: (id) => notFound(title, id),
        ...kind,
        events: { created: event('created'), updated: event('updated'), deleted: event('deleted') },
      },
      parts,
    );
    this.keystone = kind;
  }

  /** What a list's query asks for: the filters there are, and any attribute inexactly. */
  async seek(query: Sent, { where = [], ...further }: CollectionQuery<R> = {}): Promise<R[]> {
    const { filters, table } = this.keystone;
    return await this.list({ ...further, where: [...conditionsOf(table, filters, query), ...where] });
  }

  /** The part of it that the query asks for. */
  async page({ limit, marker, ...query }: PageQuery, further: CollectionQuery<R> = {}): Promise<Page<R>> {
    const records = await this.seek(query, {
      ...further,
      // One more, so that it is known whether there are more.
      ...(limit !== undefined && { limit: limit + 1 }),
      ...(marker !== undefined && { marker: { id: marker, missing: markerNotFound } }),
    });
    return { items: records.slice(0, limit), isTruncated: limit !== undefined && records.length > limit };
  }

  /** `id` where the caller may choose it; `further` are attributes that clients do not set in the body. */
  async make(context: Context, sent: Sent, id = newIdentityId(), further: Partial<R> = {}): Promise<R> {
    return await this.create(context, { ...this.made(sent, id), ...further });
  }

  /** All of them or none. */
  async makeMany(context: Context, list: readonly Sent[]): Promise<readonly R[]> {
    return await this.createMany(
      context,
      list.map((sent) => this.made(sent)),
    );
  }

  async change(context: Context, id: string, sent: Sent, scope?: Scope<R>): Promise<R> {
    return await this.update(context, id, (stored) => this.changed(sent, stored), scope);
  }

  /** The record of one that is not stored yet. */
  made(sent: Sent, id = newIdentityId()): R {
    return this.#merge(sent, { ...this.keystone.defaults, id }, undefined);
  }

  /** What `sent` makes of the one that is stored. */
  changed(sent: Sent, stored: R): R {
    const { thing } = this.keystone;
    if (sent.id !== undefined && sent.id !== stored.id) {
      throw new UserError('bad_request', `Cannot change ${thing} ID`, { field: `${thing}.id` });
    }
    return this.#merge(sent, stored, stored);
  }

  #merge(sent: Sent, before: object & Stored, stored: R | undefined): R {
    const { defaults, extra, refine = (sent) => sent } = this.keystone;
    const known = Object.keys(defaults);
    const set = Object.entries(refine(sent, stored)).filter(
      ([key, value]) => known.includes(key) && value !== undefined,
    );
    return {
      ...before,
      ...Object.fromEntries(set),
      ...(extra && { extra: extraOf(sent, [...known, ...extra.known], stored && extraIn(stored)) }),
    } as R;
  }
}

function extraIn(record: object): Record<string, unknown> {
  return 'extra' in record ? (record.extra as Record<string, unknown>) : {};
}
