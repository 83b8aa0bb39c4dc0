import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { Scope } from '../../resource/collection-query.ts';
import { missing } from '../../resource/missing.ts';
import { Resource, type ResourceKind, type ResourceParts } from '../../resource/resource.ts';
import type { SentAssociation, SentNamespace, SentObject } from './metadef.schema.ts';
import {
  type AssociationRecord,
  associations,
  type NamespaceRecord,
  namespaces,
  type ObjectRecord,
  objects,
  type PropertyRecord,
  properties,
  type ResourceTypeRecord,
  resourceTypes,
  type TagRecord,
  tags,
} from './metadef.tables.ts';

/** A namespace with all that is in it. */
export interface NamespaceDetail extends NamespaceRecord {
  readonly associations: AssociationRecord[];
  readonly properties: PropertyRecord[];
  readonly objects: ObjectRecord[];
  readonly tags: TagRecord[];
}

type Content = { namespaceId: string; name: string };
/** How messages tell of what is in a namespace. */
interface Words {
  missing: (name: string) => string;
  taken: (name: string) => string;
  kept: (name: string) => string;
}

/** Glance's metadata definitions: namespaces, and in each objects, properties, tags and what it is for. */
export class MetadefService {
  readonly namespaces: Resource<NamespaceRecord>;
  readonly objects: Resource<ObjectRecord>;
  readonly properties: Resource<PropertyRecord>;
  readonly tags: Resource<TagRecord>;
  readonly associations: Resource<AssociationRecord>;
  readonly resourceTypes: Resource<ResourceTypeRecord>;
  readonly #database: Database;

  constructor(parts: ResourceParts) {
    this.#database = parts.database;
    this.namespaces = new Resource<NamespaceRecord>(
      {
        table: namespaces,
        id: 'namespace',
        notFound: (name) => missing(`Metadata definition namespace=${name} was not found.`),
        events: {
          created: 'metadef_namespace.create',
          updated: 'metadef_namespace.update',
          deleted: 'metadef_namespace.delete',
        },
        told: ({ owner }) => ({ projectId: owner }),
        unique: [
          {
            attributes: ['namespace'],
            taken: ({ namespace }) =>
              new UserError('conflict', `The metadata definition namespace=${namespace} already exists.`, {
                field: 'namespace',
              }),
          },
        ],
        checkDelete: async (_trx, { namespace, isProtected }) => {
          if (isProtected) throw keptBack(`namespace ${namespace}`);
        },
      },
      parts,
    );
    this.resourceTypes = new Resource<ResourceTypeRecord>(
      {
        table: resourceTypes,
        id: 'name',
        notFound: (name) => missing(`The metadata definition resource-type with name=${name}, was not found.`),
        events: { created: 'metadef_resource_type.create', deleted: 'metadef_resource_type.delete' },
      },
      parts,
    );
    this.objects = this.#content<ObjectRecord>(parts, {
      table: objects,
      events: {
        created: 'metadef_object.create',
        updated: 'metadef_object.update',
        deleted: 'metadef_object.delete',
      },
      words: wordsOf('object'),
    });
    this.properties = this.#content<PropertyRecord>(parts, {
      table: properties,
      events: {
        created: 'metadef_property.create',
        updated: 'metadef_property.update',
        deleted: 'metadef_property.delete',
      },
      words: wordsOf('property'),
    });
    this.tags = this.#content<TagRecord>(parts, {
      table: tags,
      events: { created: 'metadef_tag.create', updated: 'metadef_tag.update', deleted: 'metadef_tag.delete' },
      words: wordsOf('tag'),
    });
    this.associations = this.#content<AssociationRecord>(parts, {
      table: associations,
      events: { created: 'metadef_resource_type.create', deleted: 'metadef_resource_type.delete' },
      words: {
        missing: (name) => `Failed to find resource type ${name} to delete`,
        taken: (name) => `The metadata definition resource-type association of resource-type=${name} already exists.`,
        kept: (name) => `resource-type-association ${name}`,
      },
      written: (trx, association) => this.#know(trx, association),
    });
  }

  /** Together with all that is sent in it. */
  async create(context: Context, sent: SentNamespace): Promise<NamespaceDetail> {
    const detail = newDetail(sent, sent.owner ?? context.projectId);
    const { associations, properties, objects, tags, ...namespace } = detail;
    await this.#database.transaction(async (trx) => {
      await this.namespaces.add(trx, context, namespace);
      for (const association of associations) await this.associations.add(trx, context, association);
      for (const property of properties) await this.properties.add(trx, context, property);
      for (const object of objects) await this.objects.add(trx, context, object);
      for (const tag of tags) await this.tags.add(trx, context, tag);
    });
    return detail;
  }

  async detailOf(namespace: NamespaceRecord): Promise<NamespaceDetail> {
    const within = { is: { namespaceId: namespace.id } };
    return {
      ...namespace,
      associations: await this.associations.list(within),
      properties: await this.properties.list(within),
      objects: await this.objects.list(within),
      tags: await this.tags.list(within),
    };
  }

  async associationsOf(page: readonly NamespaceRecord[]): Promise<Map<string, AssociationRecord[]>> {
    if (page.length === 0) return new Map();
    const ids = page.map(({ id }) => id);
    const found = await this.associations.list({ where: [{ attribute: 'namespaceId', is: 'in', value: ids }] });
    return Map.groupBy(found, ({ namespaceId }) => namespaceId);
  }

  /** Adds tags, or puts them in the place of those that are there. */
  async addTags(
    context: Context,
    namespaceIn: (trx: Transaction) => Promise<string>,
    names: readonly string[],
    appends: boolean,
  ): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const namespaceId = await namespaceIn(trx);
      if (names.length === 0) return;
      if (!appends) await this.tags.store.deleteAll(trx, { is: { namespaceId } });
      const now = new Date().toISOString();
      for (const name of names) await this.tags.add(trx, context, newContent(namespaceId, name, now));
    });
  }

  /** Once in the life of a cloud: a type of resource that was known stays known, whatever people delete. */
  async addDefaults(defaults: () => readonly SentNamespace[]): Promise<void> {
    if ((await this.resourceTypes.store.count({})) > 0) return;
    await this.#database.transaction(async (trx) => {
      for (const sent of defaults()) {
        const { associations, properties, objects, tags, ...namespace } = newDetail(sent, null);
        await this.namespaces.store.insert(trx, namespace);
        for (const association of associations) {
          await this.#know(trx, association);
          await this.associations.store.insert(trx, association);
        }
        for (const property of properties) await this.properties.store.insert(trx, property);
        for (const object of objects) await this.objects.store.insert(trx, object);
        for (const tag of tags) await this.tags.store.insert(trx, tag);
      }
    });
  }

  /** A type of resource is known from the first time that something is said to be for it. */
  async #know(trx: Transaction, { name, createdAt }: AssociationRecord): Promise<void> {
    if (await this.resourceTypes.find(name, trx)) return;
    await this.resourceTypes.store.insert(trx, { name, createdAt, updatedAt: createdAt });
  }

  #content<R extends Content>(
    parts: ResourceParts,
    { words, ...kind }: Pick<ResourceKind<R>, 'table' | 'events' | 'written'> & { words: Words },
  ): Resource<R> {
    return new Resource<R>(
      {
        ...kind,
        id: 'name',
        notFound: (name) => missing(words.missing(name)),
        unique: [
          {
            attributes: ['namespaceId', 'name'],
            taken: ({ name }) => new UserError('conflict', words.taken(name), { field: 'name' }),
          },
        ],
        checkDelete: async (trx, { namespaceId, name }) => {
          const [namespace] = await this.namespaces.list({ is: { id: namespaceId }, limit: 1 }, trx);
          if (namespace?.isProtected) throw keptBack(words.kept(name));
        },
      },
      parts,
    );
  }
}

/** What of the namespaces is there for whoever asks. */
export function visibleTo({ isAdmin, projectId }: Context): Scope<NamespaceRecord> {
  if (isAdmin) return {};
  return { also: [sql`(visibility = 'public' OR owner IS NULL OR owner = ${projectId ?? ''})`] };
}

export function newObject(namespaceId: string, sent: SentObject): ObjectRecord {
  return { ...newContent(namespaceId, sent.name), ...objectValues(sent) };
}

export function objectValues({ name, description, required = [], properties = {} }: SentObject) {
  return { name, description: description ?? null, required, properties };
}

export function newAssociation(namespaceId: string, sent: SentAssociation): AssociationRecord {
  const { name, prefix = null, properties_target: propertiesTarget = null } = sent;
  return { ...newContent(namespaceId, name), prefix, propertiesTarget };
}

export function newContent(namespaceId: string, name: string, now = new Date().toISOString()): TagRecord {
  return { namespaceId, name, createdAt: now, updatedAt: now };
}

/** What a change sends whole. */
export function namespaceValues(sent: SentNamespace) {
  const { namespace, display_name: displayName = null, description = null, visibility = 'private' } = sent;
  return { namespace, displayName, description, visibility, isProtected: sent.protected ?? false };
}

function newDetail(sent: SentNamespace, owner: string | null): NamespaceDetail {
  const id = randomUUID();
  const now = new Date().toISOString();
  return {
    ...{ id, ...namespaceValues(sent), owner, createdAt: now, updatedAt: now },
    associations: (sent.resource_type_associations ?? []).map((each) => newAssociation(id, each)),
    properties: Object.entries(sent.properties ?? {}).map(([name, definition]) => ({
      ...newContent(id, name),
      definition,
    })),
    objects: (sent.objects ?? []).map((each) => newObject(id, each)),
    tags: (sent.tags ?? []).map(({ name }) => newContent(id, name)),
  };
}

function wordsOf(thing: 'object' | 'property' | 'tag'): Words {
  return {
    missing: (name) => `The metadata definition ${thing} with name=${name} was not found in its namespace.`,
    taken: (name) => `A metadata definition ${thing} with name=${name} already exists in its namespace.`,
    kept: (name) => `${thing} ${name}`,
  };
}

function keptBack(what: string): UserError {
  return new UserError('forbidden', `Metadata definition ${what} is protected and cannot be deleted.`, {
    hint: 'Take the protection of its namespace away first.',
  });
}
