import type { Readable } from 'node:stream';
import type { Context } from '../contract/context.ts';
import { OperationalError } from '../contract/errors.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import { systemContext } from '../policy/authorization.ts';
import { missing } from '../resource/missing.ts';
import type { TaskService } from '../tasks/task.service.ts';
import type { ImageRepository } from './image.repository.ts';
import { bad, checkAmounts, refuseHidden } from './image.schema.ts';
import { type ImageRecord, imageMembers } from './image.tables.ts';
import type { ImageDataService } from './image-data.service.ts';
import { type ImageRecordService, newImageRecord } from './image-record.service.ts';
import type { DeclaredContent } from './image-store.ts';

/** An image that a host is to make of a machine's disk. */
export interface NewSnapshot {
  name: string;
  /** The project the machine is of; it sees the image also where another asks for it. */
  projectId: string;
  /** GiB */
  minDisk: number;
  /** MiB */
  minRam: number;
  properties: Record<string, string>;
}

interface Parts {
  database: Database;
  tasks: TaskService;
  repository: ImageRepository;
  records: ImageRecordService;
  data: ImageDataService;
}

/** Images whose bytes come from hosts: each waits, without data, for as long as a task is about it. */
export class ImageSnapshots {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Within a decision of the caller's, who queues the task about it there too. */
  async create(trx: Transaction, context: Context, wanted: NewSnapshot): Promise<string> {
    const { projectId, ...given } = wanted;
    for (const name of Object.keys(given.properties)) refuseHidden(name);
    const owner = context.projectId ?? projectId;
    const image: ImageRecord = {
      ...newImageRecord({ owner }),
      ...given,
      visibility: owner === projectId ? 'private' : 'shared',
      diskFormat: 'qcow2',
      containerFormat: 'bare',
    };
    checkAmounts(image);
    await this.#parts.records.insert(trx, context, image);
    if (owner !== projectId) {
      const { id: imageId, createdAt, updatedAt } = image;
      const member = { imageId, memberId: projectId, status: 'accepted', createdAt, updatedAt } as const;
      await trx.insertInto('image_member').values(imageMembers.toRow(member)).execute();
    }
    return image.id;
  }

  /** Takes the bytes from a host. Those of an image that has them already are not looked at. */
  async receive(id: string, source: Readable, declared: DeclaredContent): Promise<void> {
    const image = await this.#parts.repository.find(id);
    if (!image || (await this.#parts.tasks.unfinishedOf(this.#parts.database.query, id)).length === 0) {
      throw missing(`Image ${id} waits for no bytes.`);
    }
    if (image.status === 'active') return;
    if (image.status === 'saving') {
      throw new OperationalError('unavailable', 'controller', `The bytes of image ${id} are coming in already.`);
    }
    if (declared.bytes === undefined) throw bad('The size of the image is missing.', 'x-openstack-image-size');
    await this.#parts.data.upload(systemContext(), id, source, declared);
  }

  /** What a snapshot takes over of the image its machine was made of; undefined where that is gone. */
  async baseOf(
    query: Queryable,
    id: string,
  ): Promise<Pick<ImageRecord, 'minDisk' | 'minRam' | 'properties' | 'isProtected'> | undefined> {
    return await this.#parts.repository.find(id, query);
  }

  async isActive(query: Queryable, id: string): Promise<boolean> {
    return (await this.#parts.repository.find(id, query))?.status === 'active';
  }

  /** Of a project's server and of one type of `createBackup`, the newest first. */
  async backupsOf(query: Queryable, projectId: string, serverId: string, type: string): Promise<ImageRecord[]> {
    const own = await this.#parts.repository.list(
      {
        is: { owner: projectId },
        sort: [
          { attribute: 'createdAt', direction: 'desc' },
          { attribute: 'id', direction: 'desc' },
        ],
      },
      query,
    );
    return own.filter(
      ({ properties }) =>
        properties.image_type === 'backup' && properties.backup_type === type && properties.instance_uuid === serverId,
    );
  }

  /**
   * What is not there is removed already, and what somebody has protected since it was whole stays. `taskId`: whose end this
   * is, and which therefore need not be called off.
   */
  async remove(trx: Transaction, context: Context, id: string, taskId?: string): Promise<void> {
    const { repository, records } = this.#parts;
    const image = await repository.find(id, trx);
    if (!image || (image.isProtected && image.size !== null)) return;
    await records.remove(trx, context, image, taskId);
  }
}
