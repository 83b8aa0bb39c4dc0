import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { OperationalError } from '../app/contract/errors.ts';
import { type TaskView, taskViewSchema } from '../app/contract/task.ts';
import { catalogEntrySchema } from '../app/contract/v1.ts';
import { Administrator } from './administrator.ts';
import type { DataFolder } from './data-folder.ts';
import { textTable } from './text-table.ts';

const listSchema = z.object({ entries: z.array(catalogEntrySchema) });
const importSchema = z.object({ task: taskViewSchema.nullable(), imageId: z.string() });
/** How often the controller is asked how far an import is, milliseconds. */
const LOOK_MS = 1000;

/** `cumulet image list`: the catalogue, and what of it is here. */
export async function listCatalog(folder: DataFolder): Promise<void> {
  const administrator = await Administrator.signIn(folder);
  const { entries } = listSchema.parse(await administrator.request('GET', '/v1/image-catalog'));
  const rows = entries.map((entry) => [entry.id, `${entry.name} ${entry.version}`.trim(), stateOf(entry)]);
  print(textTable([['NAME', 'IMAGE', 'HERE'], ...rows]));
}

function stateOf({ imageId, taskId }: z.infer<typeof catalogEntrySchema>): string {
  if (imageId !== null) return imageId;
  return taskId === null ? '-' : 'on its way';
}

/** `cumulet image import NAME`: fetches or makes an image of the catalogue, and waits until it is here. */
export async function importFromCatalog(folder: DataFolder, name: string): Promise<void> {
  const administrator = await Administrator.signIn(folder);
  const path = `/v1/image-catalog/${encodeURIComponent(name)}/import`;
  const { task, imageId } = importSchema.parse(await administrator.request('POST', path));
  if (task) await ended(administrator, task);
  print(imageId);
}

/** The import goes on whether or not this command waits for it. */
async function ended(administrator: Administrator, begun: TaskView): Promise<void> {
  let task = begun;
  let told = '';
  while (task.finishedAt === null) {
    const step = task.steps.find(({ state }) => state === 'running')?.name ?? 'waiting';
    const { done = 0, total = null } = task.progress ?? {};
    const now = total ? `${step} ${Math.floor((done / total) * 100)} %` : step;
    if (now !== told) process.stderr.write(`${now}\n`);
    told = now;
    await delay(LOOK_MS);
    task = taskViewSchema.parse(await administrator.request('GET', `/v1/tasks/${task.id}`));
  }
  if (task.state === 'succeeded') return;
  const hint = task.error?.hint === undefined ? {} : { hint: task.error.hint };
  throw new OperationalError('aborted', 'controller', task.error?.message ?? `The import was ${task.state}.`, hint);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
