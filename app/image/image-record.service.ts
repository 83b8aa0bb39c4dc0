import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { imageFileLeftover, type LeftoverService } from '../leftover/leftover.service.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { findVisible, imageEvent, visibleTo } from './image.access.ts';
import type { ImageRepository } from './image.repository.ts';
import { applyAttributes, checkAmounts, type NewImage, parseAttribute } from './image.schema.ts';
import type { ImageRecord } from './image.tables.ts';
import type { RunningUploads } from './image-data.service.ts';
import type { ImageListQuery } from './image-list.query.ts';
import { applyPatch, type PatchChange, type PatchDraft } from './image-patch.ts';
import type { ImageStore } from './image-store.ts';
import { removeLeftFile } from './left-file.ts';

/** Records that the copies hosts keep of an image are to go; part of the transaction that deletes it. */
export type ForgetCopies = (trx: Transaction, context: Context, imageId: string) => Promise<void>;

interface Parts {
  database: Database;
  events: EventService;
  quota: QuotaService;
  tasks: TaskService;
  repository: ImageRepository;
  store: ImageStore;
  uploads: RunningUploads;
  leftovers: LeftoverService;
  forgetCopies: ForgetCopies;
  log: Logger;
}

/** Images but for their bytes: making, listing, changing, deleting. */
export class ImageRecordService {
  readonly #parts: Parts;
  /** Files of images that were just deleted. */
  readonly #removed = new Map<string, Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async create(context: Context, { id, attributes, properties }: NewImage): Promise<ImageRecord> {
    const image = newImageRecord({ id, owner: context.projectId });
    applyAttributes(image, attributes);
    image.properties = properties;
    checkAmounts(image);
    await this.#parts.database.transaction(async (trx) => {
      if (await this.#parts.repository.find(image.id, trx)) {
        throw new UserError('conflict', `Image ID ${image.id} already exists!`, { field: 'id' });
      }
      await this.insert(trx, context, image);
    });
    return image;
  }

  /** Within a decision of the caller's: quota, row, event. */
  async insert(trx: Transaction, context: Context, image: ImageRecord): Promise<void> {
    if (image.owner !== null) await this.#parts.quota.check(trx, image.owner, { images: 1 });
    await this.#parts.repository.insert(trx, image);
    await this.#parts.events.record(trx, context, imageEvent('image.create', image));
  }

  async get(context: Context, id: string): Promise<ImageRecord> {
    return await findVisible(this.#parts.repository, context, id);
  }

  /** For the policy: nothing of an image that the caller cannot see. */
  async find(context: Context, id: string): Promise<ImageRecord | undefined> {
    return await this.#parts.repository.find(id, undefined, visibleTo(context));
  }

  async list(context: Context, query: ImageListQuery): Promise<ImageRecord[]> {
    return await this.#parts.repository.page(context, query);
  }

  /** What is `wanted`, or what is to be changed of the image as it is in the transaction. */
  async update(
    context: Context,
    id: string,
    wanted: PatchChange[] | ((image: ImageRecord, trx: Transaction) => Promise<PatchChange[]>),
    draft: PatchDraft,
  ): Promise<ImageRecord> {
    return await this.#change(context, id, async (image, trx) => {
      const changes = typeof wanted === 'function' ? await wanted(image, trx) : wanted;
      const hands = changes.some(({ name, operation }) => name === 'owner' && operation !== 'remove');
      if (hands && !context.isAdmin) {
        throw new UserError('forbidden', "Owner can't be updated by non admin.", { field: 'owner' });
      }
      applyPatch(image, changes, draft);
    });
  }

  async addTag(context: Context, id: string, tag: string): Promise<void> {
    await this.#change(context, id, (image) => {
      applyAttributes(image, parseAttribute('tags', [...image.tags, tag]));
    });
  }

  async removeTag(context: Context, id: string, tag: string): Promise<void> {
    await this.#change(context, id, (image) => {
      if (!image.tags.includes(tag)) throw new UserError('not_found', 'The resource could not be found.');
      image.tags = image.tags.filter((other) => other !== tag);
    });
  }

  /** Takes an image out of use, or back into it: its record stays, its bytes are withheld. */
  async setActive(context: Context, id: string, isActive: boolean): Promise<void> {
    const [action, from, to] = isActive
      ? (['reactivate', 'deactivated', 'active'] as const)
      : (['deactivate', 'active', 'deactivated'] as const);
    await this.#change(context, id, (image) => {
      if (image.status === to) return;
      if (image.status !== from) {
        throw new UserError('forbidden', `Not allowed to ${action} image in status '${image.status}'`);
      }
      image.status = to;
    });
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      const message = `Failed to find image ${id} to delete`;
      const found = await findVisible(this.#parts.repository, context, id, { query: trx, message });
      if (found.isProtected) {
        throw new UserError('forbidden', `Image ${id} is protected and cannot be deleted.`, {
          hint: 'Take the protection away first.',
        });
      }
      await this.#requireUnused(trx, id);
      await this.remove(trx, context, found);
    });
    await this.#removed.get(id);
  }

  /** Glance's words where something that cannot be called off stands on it. */
  async #requireUnused(trx: Transaction, id: string): Promise<void> {
    const unfinished = await this.#parts.tasks.unfinishedOf(trx, id);
    if (unfinished.every(({ kind }) => this.#parts.tasks.isCancellable(kind))) return;
    throw new UserError('conflict', `Image ${id} could not be deleted because it is in use: a machine stands on it.`, {
      hint: 'Wait until what goes on with the machine is done.',
    });
  }

  /** Within a decision of the caller's, who need not ask: also what is protected. Calls off all tasks but that one. */
  async remove(trx: Transaction, context: Context, image: ImageRecord, exceptTask?: string): Promise<void> {
    const { id } = image;
    await this.#parts.repository.delete(trx, id);
    await this.#parts.leftovers.add(trx, imageFileLeftover(id));
    await this.#parts.forgetCopies(trx, context, id);
    for (const task of await this.#parts.tasks.unfinishedOf(trx, id)) {
      if (task.id !== exceptTask) await this.#parts.tasks.requestAbort(trx, task.id);
    }
    await this.#parts.events.record(trx, context, imageEvent('image.delete', { ...image, status: 'deleted' }));
    this.#parts.database.afterCommit(trx, () => {
      this.#parts.uploads.abort(id);
      const removed = this.#removeFile(id).finally(() => this.#removed.delete(id));
      this.#removed.set(id, removed);
    });
  }

  async #removeFile(id: string): Promise<void> {
    try {
      await removeLeftFile(
        { database: this.#parts.database, store: this.#parts.store, leftovers: this.#parts.leftovers },
        id,
      );
    } catch (error) {
      // The image is gone all the same; the sweep at the next start takes the file.
      this.#parts.log.warn({ err: error, imageId: id }, 'the file of a deleted image could not be removed');
    }
  }

  async #change(
    context: Context,
    id: string,
    change: (image: ImageRecord, trx: Transaction) => void | Promise<void>,
  ): Promise<ImageRecord> {
    return await this.#parts.database.transaction(async (trx) => {
      const image = await findVisible(this.#parts.repository, context, id, { query: trx });
      const before = structuredClone(image);
      await change(image, trx);
      checkAmounts(image);
      if (JSON.stringify(before) === JSON.stringify(image)) return image;
      await this.#parts.repository.save(trx, image, before.status);
      const wasPublic = before.visibility === 'public';
      await this.#parts.events.record(trx, context, imageEvent('image.update', image, wasPublic));
      return image;
    });
  }
}

/** An image without data; shared is Glance's default and means private until it has members. */
export function newImageRecord(given: { id?: string | undefined; owner: string | null }): ImageRecord {
  const now = new Date().toISOString();
  return {
    id: given.id ?? randomUUID(),
    name: null,
    status: 'queued',
    visibility: 'shared',
    owner: given.owner,
    diskFormat: null,
    containerFormat: null,
    size: null,
    virtualSize: null,
    minDisk: 0,
    minRam: 0,
    checksum: null,
    hashAlgorithm: null,
    hashValue: null,
    isProtected: false,
    isHidden: false,
    tags: [],
    properties: {},
    catalogId: null,
    createdAt: now,
    updatedAt: now,
  };
}
