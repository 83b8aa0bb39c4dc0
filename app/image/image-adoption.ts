import type { Logger } from 'pino';
import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Adopted } from '../contract/unclaimed.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { LeftoverService } from '../leftover/leftover.service.ts';
import { step, type TaskDefinition, type TaskRun } from '../tasks/task.definition.ts';
import type { TaskService } from '../tasks/task.service.ts';
import {
  type Finding,
  leftoverKindOf,
  type UnclaimedRegister,
  type UnclaimedThing,
} from '../unclaimed/unclaimed.register.ts';
import { DISK_FORMATS } from './formats/inspect.ts';
import { imageEvent } from './image.access.ts';
import type { ImageRepository } from './image.repository.ts';
import type { ImageDataService } from './image-data.service.ts';
import { type ImageRecordService, newImageRecord } from './image-record.service.ts';
import { type ImageStore, type StoredContent, storedContentSchema } from './image-store.ts';

const argsSchema = z.object({ imageId: z.string(), format: z.enum(DISK_FORMATS) });
type AdoptArgs = z.infer<typeof argsSchema>;

const memoSchema = z.object({ content: storedContentSchema.optional() });
type AdoptMemo = z.infer<typeof memoSchema>;

export interface ImageAdoptionParts {
  database: Database;
  events: EventService;
  tasks: TaskService;
  leftovers: LeftoverService;
  unclaimed: UnclaimedRegister;
  repository: ImageRepository;
  records: ImageRecordService;
  data: ImageDataService;
  store: ImageStore;
  log: Logger;
}

/** Files in `images/unclaimed/`: listed, made images of, removed by name. */
export class ImageAdoption {
  readonly #parts: ImageAdoptionParts;

  constructor(parts: ImageAdoptionParts) {
    this.#parts = parts;
    parts.tasks.define(this.#task());
  }

  /** At the start: what is there, but for what was to go and what is being adopted. */
  async start(): Promise<void> {
    const { database, leftovers, unclaimed } = this.#parts;
    for (const { id } of await leftovers.at(database.query, '', leftoverKindOf('image-file'))) await this.remove(id);
    const findings = await this.#findings();
    await database.transaction((trx) => unclaimed.found(trx, '', findings));
  }

  /** What is recorded as to be removed. */
  async remove(name: string): Promise<void> {
    const { database, leftovers, unclaimed, store, log } = this.#parts;
    try {
      await store.aside.remove(name);
      await database.transaction(async (trx) => {
        await leftovers.remove(trx, { host: '', kind: leftoverKindOf('image-file'), id: name });
        await unclaimed.forget(trx, { host: '', kind: 'image-file', key: name });
      });
    } catch (error) {
      log.warn({ err: error, file: name }, 'an unclaimed file stays for now');
    }
  }

  /** The image has the id its file is named by, so that machines made of it find it again. */
  async adopt(
    context: Context,
    { key }: UnclaimedThing,
    projectId: string,
  ): Promise<(trx: Transaction) => Promise<Adopted>> {
    const { store, repository, records, tasks } = this.#parts;
    const format = await store.aside.formatOf(key);
    return async (trx) => {
      if (await repository.find(key, trx)) {
        throw new UserError('conflict', `There is an image with the id ${key} already.`);
      }
      const image = newImageRecord({ id: key, owner: projectId });
      const name = `adopted-${key.slice(0, 8)}`;
      Object.assign(image, { name, status: 'importing', visibility: 'private' });
      Object.assign(image, { diskFormat: format, containerFormat: 'bare' });
      await records.insert(trx, context, image);
      await tasks.enqueue(trx, context, {
        kind: 'image.adopt',
        subject: { type: 'image', id: key, name },
        projectId,
        args: { imageId: key, format },
      });
      return { resource: { type: 'image', id: key, name }, addresses: [] };
    };
  }

  #task(): TaskDefinition<AdoptArgs, AdoptMemo> {
    const { store, repository, data, events, unclaimed } = this.#parts;
    return {
      kind: 'image.adopt',
      args: argsSchema,
      memo: memoSchema,
      cancellable: true,
      steps: [
        step<AdoptArgs, AdoptMemo, StoredContent>({
          name: 'verify',
          run: (task) => this.#verify(task),
          commit: async (_trx, _task, content) => ({ content }),
        }),
        step<AdoptArgs, AdoptMemo>({
          name: 'store',
          run: ({ args }) => store.bringBack(args.imageId),
          undo: ({ args }) => store.setAside(args.imageId),
        }),
        step<AdoptArgs, AdoptMemo>({
          name: 'activate',
          commit: async (trx, task) => {
            const image = await repository.find(task.args.imageId, trx);
            if (!image) throw new UserError('gone', 'The image was deleted meanwhile.');
            await data.activate(trx, task.context, image, storedContentSchema.parse(task.memo.content), 'importing');
          },
        }),
      ],
      // Whatever was wrong with it, the file stays, unclaimed as it was.
      onFailed: async (task) => {
        const findings = await this.#findings(task.args.imageId);
        return async (trx) => {
          const image = await repository.find(task.args.imageId, trx);
          if (image?.status === 'importing') {
            await repository.delete(trx, image.id);
            await events.record(trx, task.context, imageEvent('image.delete', { ...image, status: 'deleted' }));
          }
          await unclaimed.found(trx, '', findings);
        };
      },
    };
  }

  async #verify({ args, signal, closing, progress }: TaskRun<AdoptArgs, AdoptMemo>): Promise<StoredContent> {
    const { store } = this.#parts;
    // Again after a crash it may have its place already.
    const isBack = (await store.sizeOf(args.imageId)) !== undefined;
    return await store.examine(isBack ? store.path(args.imageId) : store.aside.path(args.imageId), {
      format: args.format,
      check: () => undefined,
      signal: AbortSignal.any([signal, closing]),
      onProgress: (done, total) => progress({ stage: 'verify', done, total, unit: 'bytes' }),
    });
  }

  /** Without those being adopted, but for one that is not any more. */
  async #findings(except?: string): Promise<Finding[]> {
    const { store, repository } = this.#parts;
    const importing = new Set((await repository.ofStatus(['importing'])).map(({ id }) => id));
    const files = await store.aside.list();
    return files
      .filter(({ name }) => name === except || !importing.has(name))
      .map(({ name, bytes }) => ({ kind: 'image-file', key: name, name, bytes, machine: null }));
  }
}
