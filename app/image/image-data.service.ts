import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { markUnfinished } from '../audit/audited-request.ts';
import type { Context } from '../contract/context.ts';
import { CumuletError, OperationalError, UserError } from '../contract/errors.ts';
import { DatabaseUnavailable } from '../database/database.errors.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { type ByteRange, byteRange } from '../http/byte-range.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { DiskFormat } from './formats/inspect.ts';
import { findVisible, imageEvent } from './image.access.ts';
import type { ImageRepository } from './image.repository.ts';
import { bad } from './image.schema.ts';
import type { ImageRecord } from './image.tables.ts';
import type { DeclaredContent, ImageStore, StoredContent } from './image-store.ts';

const MIB = 1024 * 1024;
const ONE_MIB = { image_size_total: 1 };

/** At a time, of all and of one person; each takes a block of memory at least. */
const MAX_UPLOADS = 32;
const MAX_PER_PERSON = 16;
/** Seconds after which a place is likely to be free. */
const RETRY_AFTER = 10;

/** Milliseconds until a database that could store nothing is tried again, at first and at most. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

interface Place {
  userId: string | null;
  /** Whose quota it counts in, and what has come so far. */
  owner: string | null;
  bytes: number;
}

interface Parts {
  database: Database;
  events: EventService;
  quota: QuotaService;
  repository: ImageRepository;
  store: ImageStore;
  uploads: RunningUploads;
}

/** Uploads under way: as many as may be, what they bring together, and stopped when the image is deleted. */
export class RunningUploads {
  readonly #controllers = new Map<string, AbortController>();
  readonly #places = new Set<Place>();

  /** 503 where too many are under way already. */
  enter(userId: string | null): Place {
    const own = [...this.#places].filter((place) => place.userId === userId).length;
    if (this.#places.size >= MAX_UPLOADS || own >= MAX_PER_PERSON) {
      throw new OperationalError('unavailable', 'controller', 'Too many images are being uploaded at this time.', {
        hint: 'Try again when one of them has ended.',
        retryAfter: RETRY_AFTER,
      });
    }
    const place = { userId, owner: null, bytes: 0 };
    this.#places.add(place);
    return place;
  }

  leave(place: Place): void {
    this.#places.delete(place);
  }

  /** What is on its way into a project's quota. */
  bytesOf(owner: string): number {
    return [...this.#places].reduce((sum, place) => sum + (place.owner === owner ? place.bytes : 0), 0);
  }

  begin(imageId: string): AbortController {
    const controller = new AbortController();
    this.#controllers.set(imageId, controller);
    return controller;
  }

  /** The next upload of the same image may have begun by now: its controller stays. */
  end(imageId: string, controller: AbortController): void {
    if (this.#controllers.get(imageId) === controller) this.#controllers.delete(imageId);
  }

  abort(imageId: string): void {
    this.#controllers.get(imageId)?.abort(deletedMeanwhile(imageId));
  }
}

/** An image's bytes, or a part of them. */
export interface ImageDownload {
  stream: Readable;
  size: number;
  range: ByteRange;
  checksum: string | null;
}

/** The bytes of images: in, whole or not at all, and out. */
export class ImageDataService {
  readonly #parts: Parts;
  readonly #closing = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  close(): void {
    this.#closing.abort();
  }

  /** Takes the data of a queued image. When it is refused or breaks off, the image is queued again and nothing is left. */
  async upload(context: Context, id: string, source: Readable, declared: DeclaredContent = {}): Promise<void> {
    const place = this.#parts.uploads.enter(context.userId);
    try {
      await this.#receive(context, id, source, declared, place);
    } finally {
      this.#parts.uploads.leave(place);
    }
  }

  async #receive(
    context: Context,
    id: string,
    source: Readable,
    declared: DeclaredContent,
    place: Place,
  ): Promise<void> {
    markUnfinished(true);
    const { image, room } = await this.#parts.database.transaction(async (trx) => {
      const found = await findVisible(this.#parts.repository, context, id, { query: trx });
      const begun = await this.#beginSaving(trx, context, found, declared);
      const scope = begun.owner === null ? null : { projectId: begun.owner, userId: null };
      return { image: begun, room: scope && (await this.#parts.quota.headroom(trx, scope, ONE_MIB)) };
    });
    place.owner = image.owner;
    const upload = this.#parts.uploads.begin(image.id);
    try {
      const content = await this.#parts.store.receive(image.id, source, {
        format: inspectedFormat(image),
        declared,
        signal: upload.signal,
        admit: (size) => {
          place.bytes = size;
          if (room == null || image.owner === null || this.#parts.uploads.bytesOf(image.owner) <= room * MIB) return;
          throw new UserError('quota_exceeded', 'Quota exceeded for image_size_total while the image was coming in.', {
            field: 'image_size_total',
          });
        },
      });
      await this.#parts.store.keep(image.id, '.part');
      markUnfinished(false);
      await this.#parts.database.transaction((trx) => this.activate(trx, context, image, content, 'saving'));
    } catch (error) {
      markUnfinished(true);
      await this.#putBack(context, image);
      if (error instanceof CumuletError) throw error;
      if (source.errored || source.destroyed) throw bad('The upload was interrupted.');
      throw error;
    } finally {
      this.#parts.uploads.end(image.id, upload);
    }
  }

  /** Makes an image active with what is stored under its id now. */
  async activate(
    trx: Transaction,
    context: Context,
    image: ImageRecord,
    content: StoredContent,
    from: 'saving' | 'importing',
  ): Promise<void> {
    const current = await this.#parts.repository.find(image.id, trx);
    if (!current || current.status !== from) throw deletedMeanwhile(image.id);
    if (current.owner !== null) {
      await this.#parts.quota.check(trx, current.owner, { image_size_total: Math.ceil(content.size / MIB) });
    }
    Object.assign(current, {
      status: 'active',
      size: content.size,
      virtualSize: content.virtualSize,
      checksum: content.md5,
      hashAlgorithm: 'sha512',
      hashValue: content.sha512,
    } satisfies Partial<ImageRecord>);
    await this.#parts.repository.save(trx, current, from);
    await this.#parts.events.record(trx, context, imageEvent('image.upload', current));
    await this.#parts.events.record(trx, context, imageEvent('image.activate', current));
  }

  /** Undefined when the image has no data (204 in the API). Of the headers, those count that ask for a part. */
  async download(
    context: Context,
    id: string,
    headers: Parameters<typeof byteRange>[0],
  ): Promise<ImageDownload | undefined> {
    const image = await findVisible(this.#parts.repository, context, id);
    if (image.status === 'deactivated' && !context.isAdmin) {
      throw new UserError('forbidden', 'The requested image has been deactivated. Image data download is forbidden.');
    }
    if (image.size === null || (image.status !== 'active' && image.status !== 'deactivated')) return undefined;
    const part = byteRange(headers, image.size, image.checksum);
    const stream = await this.#parts.store.read(image.id, part.start, part.end);
    return { stream, size: image.size, range: part, checksum: image.checksum };
  }

  async #beginSaving(
    trx: Transaction,
    context: Context,
    image: ImageRecord,
    { bytes }: DeclaredContent,
  ): Promise<ImageRecord> {
    if (image.status !== 'queued') {
      throw new UserError('conflict', `Image status transition from ${image.status} to saving is not allowed`);
    }
    const missing = [
      image.diskFormat === null ? 'disk_format' : null,
      image.containerFormat === null ? 'container_format' : null,
    ].filter((name) => name !== null);
    if (missing.length > 0) {
      const what = missing.length === 1 ? 'Property' : 'Properties';
      throw bad(`${what} ${missing.join(', ')} must be set prior to saving data.`, missing[0]);
    }
    if (image.owner !== null && bytes !== undefined) {
      await this.#parts.quota.check(trx, image.owner, { image_size_total: Math.ceil(bytes / MIB) });
    }
    image.status = 'saving';
    await this.#parts.repository.save(trx, image, 'queued');
    await this.#parts.events.record(trx, context, imageEvent('image.prepare', image));
    return image;
  }

  async #putBack(context: Context, image: ImageRecord): Promise<void> {
    await this.#parts.store.remove(image.id);
    try {
      await this.#setQueued(context, image);
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      void this.#setQueuedLater(context, image);
    }
  }

  /** Until it is stored: nobody else would. Where this controller ends before, its next start puts the image back. */
  async #setQueuedLater(context: Context, image: ImageRecord): Promise<void> {
    const { signal } = this.#closing;
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      const isStored = await this.#setQueued(context, image).then(
        () => true,
        () => false,
      );
      if (isStored) return;
    }
  }

  async #setQueued(context: Context, image: ImageRecord): Promise<void> {
    await this.#parts.database.transaction(async (trx) => {
      const current = await this.#parts.repository.find(image.id, trx);
      // Meanwhile it may have been deleted, and another one be on its way under the same id.
      if (current?.status !== 'saving' || current.createdAt !== image.createdAt) return;
      current.status = 'queued';
      await this.#parts.repository.save(trx, current, 'saving');
      await this.#parts.events.record(trx, context, imageEvent('image.update', current));
    });
  }
}

/** Bytes inside other containers (an OVA's tar, a compressed disk) are opaque; a machine cannot use those. */
function inspectedFormat(image: ImageRecord): DiskFormat | null {
  return image.containerFormat === 'bare' ? image.diskFormat : null;
}

function deletedMeanwhile(id: string): UserError {
  return new UserError(
    'gone',
    `Image ${id} could not be found after upload. The image may have been deleted during the upload, cleaning up the chunks uploaded.`,
  );
}
