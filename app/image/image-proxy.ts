import type { Context } from '../contract/context.ts';
import type { Transaction } from '../database/database.ts';
import { bad, isWritable, refuseName } from './image.schema.ts';
import type { ImageRecord } from './image.tables.ts';
import { parseImageListQuery } from './image-list.query.ts';
import type { ImageRecordService } from './image-record.service.ts';

/** Images as Nova's API once showed them to old clients; what those may ask is said in Glance's words. */
export class ImageProxy {
  readonly #records: ImageRecordService;

  constructor(records: ImageRecordService) {
    this.#records = records;
  }

  async list(context: Context, query: URLSearchParams): Promise<ImageRecord[]> {
    return await this.#records.list(context, parseImageListQuery(query));
  }

  /** Undefined where there is none that the caller may see. */
  async find(context: Context, id: string): Promise<ImageRecord | undefined> {
    return await this.#records.find(context, id);
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#records.delete(context, id);
  }

  /** Properties set, and those that are `removed` gone, where `check` lets there be so many; answers all there are then. */
  async setProperties(
    context: Context,
    id: string,
    set: Readonly<Record<string, string>>,
    removed: (name: string) => boolean,
    check: (trx: Transaction, count: number) => Promise<void>,
  ): Promise<Record<string, string>> {
    const changed = await this.#records.update(
      context,
      id,
      async ({ properties }, trx) => {
        const names = Object.keys(properties);
        await check(trx, new Set([...names.filter((name) => !removed(name)), ...Object.keys(set)]).size);
        for (const name of Object.keys(set)) {
          refuseName(name);
          if (isWritable(name)) throw bad(`${name} is an attribute of images and no property.`, name);
        }
        return [
          ...names.filter(removed).map((name) => ({ operation: 'remove' as const, name, value: undefined })),
          ...Object.entries(set).map(([name, value]) => ({ operation: 'add' as const, name, value })),
        ];
      },
      10,
    );
    return changed.properties;
  }
}
