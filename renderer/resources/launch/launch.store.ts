import { randomId } from '@mantine/hooks';
import { create } from 'zustand';
import type { TaskView } from '../../../app/contract/task.ts';
import { CloudError } from '../../api/cloud-error.ts';
import { createServer } from '../../api/compute.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { getTask, importCatalogImage, listCatalog } from '../../api/v1.api.ts';
import { taskEnd } from '../machines/watch-task.ts';
import { isActive } from '../tasks/task-text.ts';
import { type LaunchValues, toNewServer } from './launch-form.ts';
import type { LaunchSource } from './launch-source.ts';

/** One press of Launch, from there to the machine's own task. Belongs to the window: the page may be left. */
export interface Launch {
  id: string;
  name: string;
  phase: 'importing' | 'creating' | 'created' | 'failed' | 'cancelled';
  /** The image's import, while there is one. */
  importTask: string | null;
  /** The first machine made. */
  serverId: string | null;
  /** Root's password, which is told only once. */
  adminPass: string | null;
  error: unknown;
  values: LaunchValues;
  source: LaunchSource;
}

export const useLaunchStore = create<{ launches: Launch[] }>(() => ({ launches: [] }));

const aborts = new Map<string, AbortController>();

/**
 * Fetches the image if need be, then asks for the machine. Rejects with what the request itself was refused for;
 * what fails later is the launch's own state.
 */
export async function startLaunch(values: LaunchValues, source: LaunchSource): Promise<Launch> {
  const launch: Launch = {
    id: randomId('launch-'),
    name: values.name.trim(),
    phase: source.entry ? 'importing' : 'creating',
    importTask: null,
    serverId: null,
    adminPass: null,
    error: null,
    values,
    source,
  };
  // An image that is here: refusals belong to the form, so nothing is shown before the answer.
  if (!source.entry) {
    const made = await createServer(toNewServer(values, source.id), values.group);
    return put({ ...launch, phase: 'created', serverId: made.id, adminPass: made.adminPass ?? null });
  }
  const { taskId, imageId } = await beginImport(source.entry);
  const started = put({ ...launch, importTask: taskId });
  void finish(started, taskId, imageId);
  return started;
}

/** Gives up while the image is still on its way; the import goes on, for it serves the next launch as well. */
export function cancelLaunch(id: string): void {
  aborts.get(id)?.abort();
}

export function findLaunch(launches: readonly Launch[], run: string | undefined): Launch | undefined {
  return launches.find((launch) => launch.id === run || launch.serverId === run);
}

async function finish(launch: Launch, taskId: string | null, imageId: string): Promise<void> {
  const abort = new AbortController();
  aborts.set(launch.id, abort);
  try {
    if (taskId) await importEnd(taskId, abort.signal);
    put({ ...launch, phase: 'creating' });
    const made = await createServer(toNewServer(launch.values, imageId), launch.values.group);
    put({ ...launch, phase: 'created', serverId: made.id, adminPass: made.adminPass ?? null });
  } catch (error) {
    put(abort.signal.aborted ? { ...launch, phase: 'cancelled' } : { ...launch, phase: 'failed', error });
  } finally {
    aborts.delete(launch.id);
  }
}

/** An import that runs already is joined. */
async function beginImport(entry: { id: string }): Promise<{ taskId: string | null; imageId: string }> {
  const { task, imageId } = await importCatalogImage(entry.id);
  void queryClient.fetchQuery({ queryKey: keys.catalog.list, queryFn: () => listCatalog(), staleTime: 0 });
  return { taskId: task && isActive(task) ? task.id : null, imageId };
}

async function importEnd(taskId: string, signal: AbortSignal): Promise<void> {
  // It may be over before the first event of it comes.
  const now = await getTask(taskId, signal);
  const task = isActive(now) ? await taskEnd((each) => each.id === taskId, signal) : now;
  if (task.state !== 'succeeded') throw taskError(task);
}

function taskError(task: TaskView): CloudError {
  return new CloudError(task.error?.message ?? task.state, {
    status: 0,
    code: task.error?.code ?? 'aborted',
    hint: task.error?.hint,
    origin: task.error?.origin,
    requestId: task.requestId,
  });
}

function put(launch: Launch): Launch {
  useLaunchStore.setState(({ launches }) => ({
    launches: [launch, ...launches.filter((each) => each.id !== launch.id)].slice(0, 20),
  }));
  return launch;
}

// A launch that still waits for its image is lost with the window: the browser asks first.
window.addEventListener('beforeunload', (event) => {
  if (aborts.size > 0) event.preventDefault();
});
