import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { wireErrorSchema } from '../app/contract/task.ts';
import { readJsonIfWhole, writeJson } from './json-file.ts';

const orderRecordSchema = z.object({
  /** The highest generation seen for the machine. */
  generation: z.number().int(),
  verb: z.string(),
  /** Null from the moment the order is taken until it is answered; stays null if the agent died in between. */
  outcome: z.union([z.object({ ok: z.literal(true) }), z.object({ error: wireErrorSchema })]).nullable(),
  at: z.string(),
});
export type OrderRecord = z.infer<typeof orderRecordSchema>;

/** Remembers the last order of each machine, also of destroyed ones: a late spawn must not bring them back. */
export interface OrderRecords {
  get(id: string): OrderRecord | null;
  put(id: string, record: OrderRecord): Promise<void>;
}

/** For drivers whose machines do not outlive the agent either. */
export class MemoryOrderRecords implements OrderRecords {
  private readonly records = new Map<string, OrderRecord>();

  get(id: string): OrderRecord | null {
    return this.records.get(id) ?? null;
  }

  async put(id: string, record: OrderRecord): Promise<void> {
    this.records.set(id, record);
  }
}

/** No message stays on its way for longer than this, so a destroyed machine's record may go. */
const KEEP_DESTROYED_MS = 7 * 24 * 3600 * 1000;

/** One small file a machine; all are in memory, so reading never waits. */
export class FileOrderRecords implements OrderRecords {
  private readonly folder: string;
  private readonly records: Map<string, OrderRecord>;

  private constructor(folder: string, records: Map<string, OrderRecord>) {
    this.folder = folder;
    this.records = records;
  }

  static async open(folder: string, now: Date): Promise<FileOrderRecords> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const records = new Map<string, OrderRecord>();
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (!name.endsWith('.json')) {
        // What a crash left of a file that was being replaced.
        await rm(path, { force: true });
        continue;
      }
      const record = await readJsonIfWhole(path, orderRecordSchema);
      if (record === null) continue;
      const isOver = record.verb === 'destroy' && record.outcome !== null;
      if (isOver && now.getTime() - Date.parse(record.at) > KEEP_DESTROYED_MS) await rm(path, { force: true });
      else records.set(name.slice(0, -'.json'.length), record);
    }
    return new FileOrderRecords(folder, records);
  }

  get(id: string): OrderRecord | null {
    return this.records.get(id) ?? null;
  }

  async put(id: string, record: OrderRecord): Promise<void> {
    this.records.set(id, record);
    await writeJson(join(this.folder, `${id}.json`), record, 'process');
  }
}
