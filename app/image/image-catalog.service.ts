import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { TaskView } from '../contract/task.ts';
import type { CatalogEntry } from '../contract/v1.ts';
import type { Database } from '../database/database.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { ImageRepository } from './image.repository.ts';
import type { ImageRecord } from './image.tables.ts';
import type { CatalogSource } from './image-catalog.ts';
import type { ImportArgs } from './image-import.tasks.ts';
import { type ImageRecordService, newImageRecord } from './image-record.service.ts';

interface Parts {
  database: Database;
  tasks: TaskService;
  repository: ImageRepository;
  records: ImageRecordService;
  catalog: readonly CatalogSource[];
}

/** Images one can have without looking for them: official cloud images, and the small Linux made on this computer. */
export class ImageCatalogService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async list(context: Context): Promise<CatalogEntry[]> {
    const images = await this.#imagesInReach(context);
    return await Promise.all(
      this.#parts.catalog.map(async (entry) => {
        const own = images.filter(({ catalogId }) => catalogId === entry.id);
        const active = own.find(({ status }) => status === 'active');
        const running = own.find(({ status }) => status === 'importing');
        const task = running && (await this.#taskOf(running));
        return { ...entry, imageId: active?.id ?? null, taskId: task?.id ?? null };
      }),
    );
  }

  /**
   * Begins to fetch (or build) an entry; the image is there at once, as `importing`. What is there already, or on its
   * way, is answered instead (`task` is null when it is done).
   */
  async import(
    context: Context,
    entryId: string,
    visibility: 'public' | 'private',
  ): Promise<{ task: TaskView | null; imageId: string }> {
    const entry = this.#parts.catalog.find(({ id }) => id === entryId);
    if (!entry) throw new UserError('not_found', `The image catalogue has no entry ${entryId}.`);
    const present = (await this.#imagesInReach(context)).filter(({ catalogId }) => catalogId === entryId);
    const active = present.find(({ status }) => status === 'active');
    if (active) return { task: null, imageId: active.id };
    const running = present.find(({ status }) => status === 'importing');
    const runningTask = running && (await this.#taskOf(running));
    if (running && runningTask) return { task: runningTask, imageId: running.id };

    const image = importedImage(entry, context.projectId, visibility);
    const args: ImportArgs = { imageId: image.id, entry };
    return await this.#parts.database.transaction(async (trx) => {
      await this.#parts.records.insert(trx, context, image);
      const task = await this.#parts.tasks.enqueue(trx, context, {
        kind: entry.builtIn ? 'image.build' : 'image.import',
        subject: { type: 'image', id: image.id, name: image.name },
        projectId: context.projectId,
        args,
      });
      return { task, imageId: image.id };
    });
  }

  async #imagesInReach(context: Context): Promise<ImageRecord[]> {
    const images = await this.#parts.repository.ofCatalog();
    // An administrator sees the private images of others too, but those are not what a launch would offer.
    return images.filter(({ visibility, owner }) => visibility === 'public' || owner === context.projectId);
  }

  async #taskOf(image: ImageRecord): Promise<TaskView | undefined> {
    const tasks = await this.#parts.tasks.list({ state: 'active', subjectId: image.id, visibleTo: 'all', limit: 1 });
    return tasks[0];
  }
}

function importedImage(entry: CatalogSource, owner: string | null, visibility: 'public' | 'private'): ImageRecord {
  const admin: Record<string, string> = entry.defaultUser === null ? {} : { os_admin_user: entry.defaultUser };
  return {
    ...newImageRecord({ owner }),
    name: entry.version === '' ? entry.name : `${entry.name} ${entry.version}`,
    status: 'importing',
    visibility,
    diskFormat: entry.diskFormat,
    containerFormat: 'bare',
    minDisk: entry.minDiskGib,
    minRam: entry.minRamMib,
    properties: { ...admin, ...entry.properties },
    catalogId: entry.id,
  };
}
