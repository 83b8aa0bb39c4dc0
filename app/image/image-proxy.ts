import type { Context } from '../contract/context.ts';
import { bad, isWritable, refuseName } from './image.schema.ts';
import type { ImageRecord } from './image.tables.ts';
import { parseImageListQuery } from './image-list.query.ts';
import type { PatchChange } from './image-patch.ts';
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

  /** Properties set, and those of `removed` gone; answers all there are then. */
  async setProperties(
    context: Context,
    id: string,
    set: Readonly<Record<string, string>>,
    removed: readonly string[],
  ): Promise<Record<string, string>> {
    for (const name of Object.keys(set)) {
      refuseName(name);
      if (isWritable(name)) throw bad(`${name} is an attribute of images and no property.`, name);
    }
    const changes: PatchChange[] = [
      ...removed.map((name) => ({ operation: 'remove' as const, name, value: undefined })),
      ...Object.entries(set).map(([name, value]) => ({ operation: 'add' as const, name, value })),
    ];
    return (await this.#records.update(context, id, changes, 10)).properties;
  }
}
