import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { MachineImage } from '../contract/machine.ts';
import type { TaskView } from '../contract/task.ts';
import type { CatalogEntry } from '../contract/v1.ts';
import type { Database, Queryable } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { imageFileLeftover, type LeftoverService } from '../leftover/leftover.service.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { UnclaimedRegister } from '../unclaimed/unclaimed.register.ts';
import { imageEvent, visibleTo } from './image.access.ts';
import { ImageRepository } from './image.repository.ts';
import type { ImageRecord } from './image.tables.ts';
import { ImageAdoption } from './image-adoption.ts';
import { ImageCatalogService } from './image-catalog.service.ts';
import { loadCatalog } from './image-catalog.ts';
import { ImageDataService, RunningUploads } from './image-data.service.ts';
import { importTasks } from './image-import.tasks.ts';
import { ImageInformationService } from './image-information.service.ts';
import { type ImageMembers, imageMemberResource } from './image-member.resource.ts';
import { ImageProxy } from './image-proxy.ts';
import { type ForgetCopies, ImageRecordService } from './image-record.service.ts';
import { ImageSnapshots } from './image-snapshot.service.ts';
import { type ImageLimits, ImageStore } from './image-store.ts';
import { MetadefService } from './metadef/metadef.service.ts';

/** An image as a launch needs it. */
export interface LaunchImage {
  id: string;
  name: string | null;
  diskFormat: MachineImage['diskFormat'];
  /** Bytes of the stored file, and bytes a guest sees. */
  size: number;
  virtualSize: number;
  sha512: string;
  /** GiB */
  minDisk: number;
  /** MiB */
  minRam: number;
  properties: Record<string, string>;
  /** Account the image lets in, where that is known. */
  defaultUser: string | null;
}

export interface ImageSummary {
  id: string;
  name: string | null;
  status: ImageRecord['status'];
  defaultUser: string | null;
}

/** Images as the rest of the controller sees them; the parts behind the API are its members. */
export class ImageService {
  readonly records: ImageRecordService;
  readonly data: ImageDataService;
  readonly members: ImageMembers;
  readonly metadefs: MetadefService;
  readonly information: ImageInformationService;
  readonly proxied: ImageProxy;
  readonly snapshots: ImageSnapshots;
  readonly #catalog: ImageCatalogService;
  readonly #database: Database;
  readonly #events: EventService;
  readonly #tasks: TaskService;
  readonly #log: Logger;
  readonly #repository: ImageRepository;
  readonly #store: ImageStore;
  readonly adoption: ImageAdoption;
  readonly #leftovers: LeftoverService;

  constructor(parts: {
    database: Database;
    events: EventService;
    tasks: TaskService;
    quota: QuotaService;
    log: Logger;
    leftovers: LeftoverService;
    unclaimed: UnclaimedRegister;
    /** The copies of an image that is deleted, wherever hosts keep them. */
    forgetCopies: ForgetCopies;
    dataDir: string;
    /** `guest/build.sh`; without it the built-in image cannot be made. */
    guestBuilder?: string | undefined;
    limits?: ImageLimits;
    /** `assets/image-catalog.json`, or what replaces it. */
    catalogFile: string;
    /** Pause before a broken download goes on, doubled each time; milliseconds. */
    firstPauseMs?: number;
  }) {
    const { database, events, tasks, quota, log, dataDir, leftovers, unclaimed, forgetCopies } = parts;
    this.#leftovers = leftovers;
    this.#database = database;
    this.#events = events;
    this.#tasks = tasks;
    this.#log = log;
    const repository = new ImageRepository(database);
    const store = new ImageStore({ dataDir, ...(parts.limits ? { limits: parts.limits } : {}) });
    const uploads = new RunningUploads();
    this.#repository = repository;
    this.#store = store;
    this.records = new ImageRecordService({
      database,
      events,
      quota,
      tasks,
      repository,
      store,
      uploads,
      leftovers,
      forgetCopies,
      log,
    });
    this.data = new ImageDataService({ database, events, quota, repository, store, uploads });
    this.metadefs = new MetadefService({ database, events });
    this.information = new ImageInformationService({ tasks, quota, repository, store });
    this.members = imageMemberResource({ database, events, repository });
    this.proxied = new ImageProxy(this.records);
    const { records, data } = this;
    this.snapshots = new ImageSnapshots({ database, tasks, repository, records, data });
    this.adoption = new ImageAdoption({
      ...{ database, events, tasks, leftovers, unclaimed },
      ...{ repository, records, data, store, log },
    });
    const catalog = loadCatalog(parts.catalogFile);
    this.#catalog = new ImageCatalogService({ database, tasks, repository, records: this.records, catalog });
    const definitions = importTasks({
      database,
      events,
      repository,
      store,
      leftovers,
      data: this.data,
      guestBuilder: parts.guestBuilder,
      buildDir: join(dataDir, 'guest'),
      ...(parts.firstPauseMs === undefined ? {} : { firstPauseMs: parts.firstPauseMs }),
    });
    for (const definition of definitions) tasks.define(definition);
    quota.register(['images', 'image_size_total'], (query, { projectId }) => repository.usage(query, projectId));
  }

  /** Puts back what a crash left half-way. Call before `tasks.start()` and before requests come. */
  async start(): Promise<void> {
    await this.#store.open();
    const downloading = new Set<string>();
    for (const image of await this.#repository.ofStatus(['saving', 'importing'])) {
      const tasks = await this.#tasks.list({ state: 'active', subjectId: image.id, visibleTo: 'all', limit: 1 });
      if (image.status === 'importing' && tasks.length > 0) downloading.add(image.id);
      else await this.#putBack(image);
    }
    const stored = await this.#repository.ofStatus(['active', 'deactivated']);
    const deleted = await this.#leftovers.at(this.#database.query, '', 'image-file');
    const { removed, movedAside, broughtBack } = await this.#store.sweep({
      stored: new Set(stored.map(({ id }) => id)),
      downloading,
      images: await this.#repository.ids(),
      deleted: new Set(deleted.map(({ id }) => id)),
    });
    await this.#database.transaction(async (trx) => {
      for (const { id } of deleted) await this.#leftovers.remove(trx, { host: '', kind: 'image-file', id });
    });
    if (removed.length > 0) this.#log.info({ files: removed }, 'removed halves of uploads and files of deleted images');
    if (broughtBack.length > 0)
      this.#log.info({ files: broughtBack }, 'brought back image files that were moved aside');
    if (movedAside.length > 0) {
      this.#log.warn(
        { files: movedAside },
        'files in images/ of which nothing is known were moved to images/unclaimed/',
      );
    }
    await this.adoption.start();
    for (const image of stored) {
      if ((await this.#store.sizeOf(image.id)) !== image.size) {
        this.#log.error({ imageId: image.id, name: image.name }, 'the file of an image is missing or has another size');
      }
    }
  }

  /** What a new cloud begins with, for everybody. Where that cannot be had, the cloud is there without it. */
  async importFirst(context: Context, entryId: string | undefined): Promise<void> {
    if (entryId === undefined) return;
    try {
      await this.importFromCatalog(context, entryId, 'public');
    } catch (error) {
      this.#log.warn({ err: error, entryId }, 'the first image is not imported');
    }
  }

  async close(): Promise<void> {
    this.data.close();
    await this.#store.close();
  }

  /** The image a server is to be made of; 400 with Nova's words when there is none, or when it cannot be used. */
  async imageForLaunch(
    context: Context,
    imageId: string,
    { field = 'server.imageRef', query }: { field?: string; query?: Queryable } = {},
  ): Promise<LaunchImage> {
    const image = await this.#repository.find(imageId, query, visibleTo(context));
    if (!image) {
      throw new UserError('bad_request', 'Can not find requested image', { field });
    }
    if (image.status !== 'active') {
      throw new UserError('bad_request', `Image ${imageId} is not active.`, {
        field,
        hint: image.status === 'queued' ? 'It has no data yet: upload some.' : `It is ${image.status}.`,
      });
    }
    const { diskFormat, size, virtualSize, hashValue } = image;
    const isRunnable = diskFormat === 'qcow2' || diskFormat === 'raw' || diskFormat === 'iso';
    if (
      !isRunnable ||
      image.containerFormat !== 'bare' ||
      size === null ||
      virtualSize === null ||
      hashValue === null
    ) {
      throw new UserError(
        'bad_request',
        `Image ${imageId} is ${diskFormat}/${image.containerFormat}, which no host runs.`,
        {
          field,
          hint: 'Convert it with qemu-img convert -O qcow2 and upload the result with container format bare.',
        },
      );
    }
    return {
      id: image.id,
      name: image.name,
      diskFormat,
      size,
      virtualSize,
      sha512: hashValue,
      minDisk: image.minDisk,
      minRam: image.minRam,
      properties: image.properties,
      defaultUser: image.properties.os_admin_user ?? null,
    };
  }

  /** What there is to say of an image beside its id; whoever calls has checked who asks. */
  async describe(id: string): Promise<ImageSummary | undefined> {
    const image = await this.#repository.find(id);
    return (
      image && {
        id: image.id,
        name: image.name,
        status: image.status,
        defaultUser: image.properties.os_admin_user ?? null,
      }
    );
  }

  /** For agents, which fetch the bytes of what they were told to run. */
  async storedFile(imageId: string): Promise<{ path: string; size: number; sha512: string }> {
    const image = await this.#repository.find(imageId);
    const hasData = image?.status === 'active' || image?.status === 'deactivated';
    if (!image || !hasData || image.size === null || image.hashValue === null) {
      throw new UserError('not_found', `Image ${imageId} could not be found.`);
    }
    return { path: this.#store.path(image.id), size: image.size, sha512: image.hashValue };
  }

  /** Of all images there are. */
  async ids(): Promise<ReadonlySet<string>> {
    return await this.#repository.ids();
  }

  async listCatalog(context: Context): Promise<CatalogEntry[]> {
    return await this.#catalog.list(context);
  }

  async importFromCatalog(
    context: Context,
    entryId: string,
    visibility: 'public' | 'private',
  ): Promise<{ task: TaskView | null; imageId: string }> {
    return await this.#catalog.import(context, entryId, visibility);
  }

  /** An upload that a crash ended waits for its data again; an import without a task is no longer one. */
  async #putBack({ id }: ImageRecord): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const image = await this.#repository.find(id, trx);
      if (!image) return;
      if (image.status === 'importing') {
        await this.#repository.delete(trx, image.id);
        await this.#leftovers.add(trx, imageFileLeftover(image.id));
        await this.#events.record(trx, null, imageEvent('image.delete', { ...image, status: 'deleted' }));
      } else {
        await this.#repository.save(trx, { ...image, status: 'queued' }, 'saving');
        await this.#events.record(trx, null, imageEvent('image.update', { ...image, status: 'queued' }));
      }
    });
  }
}
