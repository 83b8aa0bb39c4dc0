import { z } from 'zod';
import { UserError } from '../app/contract/errors.ts';
import { adoptedSchema, type Unclaimed, unclaimedListSchema } from '../app/contract/unclaimed.ts';
import { staleWarning } from '../app/unclaimed/data-generation.ts';
import { Administrator } from './administrator.ts';
import type { DataFolder } from './data-folder.ts';
import { textTable } from './text-table.ts';

const PAGE = 1000;
const projectsSchema = z.object({ projects: z.array(z.object({ id: z.string(), name: z.string() })) });

/** `cumulet unclaimed list`: what was found and nobody knows. */
export async function listUnclaimed(folder: DataFolder, { json }: { json?: boolean }): Promise<void> {
  const administrator = await Administrator.signIn(folder);
  const things: Unclaimed[] = [];
  let stale = null;
  for (let marker: string | null = ''; marker !== null; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(marker && { marker }) });
    const page = unclaimedListSchema.parse(await administrator.request('GET', `/v1/unclaimed?${query}`));
    things.push(...page.unclaimed);
    stale = page.staleDatabase;
    marker = page.next;
  }
  if (json) return say(JSON.stringify({ unclaimed: things, staleDatabase: stale }, null, 2));
  if (stale) say(staleWarning(stale));
  say(things.length === 0 ? 'Nothing is unclaimed.' : tableOf(things));
}

/** `cumulet unclaimed adopt`: `project` is a name or an id. */
export async function adoptUnclaimed(folder: DataFolder, id: string, options: { project: string; json?: boolean }) {
  const administrator = await Administrator.signIn(folder);
  const projectId = await findProject(administrator, options.project);
  const path = `/v1/unclaimed/${encodeURIComponent(id)}/adopt`;
  const adopted = adoptedSchema.parse(await administrator.request('POST', path, { projectId }));
  if (options.json) return say(JSON.stringify(adopted, null, 2));
  const { type, id: newId, name } = adopted.resource;
  say(`${name} is the ${type} ${newId} of the project ${options.project} now.`);
  for (const { before, now } of adopted.addresses) {
    say(`Its address ${before} is another machine's by now: it has ${now} from its next start.`);
  }
}

/** `cumulet unclaimed remove`: the name is typed again, so that nothing else is meant. */
export async function removeUnclaimed(folder: DataFolder, id: string, { name }: { name: string }): Promise<void> {
  const administrator = await Administrator.signIn(folder);
  const query = new URLSearchParams({ name });
  await administrator.request('DELETE', `/v1/unclaimed/${encodeURIComponent(id)}?${query}`);
  say(`${name} is removed, or will be as soon as its host is there.`);
}

async function findProject(administrator: Administrator, project: string): Promise<string> {
  const query = new URLSearchParams({ name: project });
  const { projects } = projectsSchema.parse(await administrator.request('GET', `/identity/v3/projects?${query}`));
  const [first, second] = projects;
  if (second) {
    throw new UserError('conflict', `There are ${projects.length} projects called ${project}.`, {
      hint: `Give its id instead: ${projects.map(({ id }) => id).join(', ')}.`,
    });
  }
  return first?.id ?? project;
}

function tableOf(things: readonly Unclaimed[]): string {
  const rows = things.map((thing) => [
    thing.id,
    thing.kind,
    thing.name,
    thing.host === null ? 'controller' : thing.host.name,
    thing.isGoing ? 'being removed' : whatOf(thing),
    thing.since,
  ]);
  return textTable([['ID', 'KIND', 'NAME', 'HOST', 'WHAT', 'SINCE'], ...rows]);
}

function whatOf({ machine, bytes }: Unclaimed): string {
  if (machine) {
    const { vcpus, memoryMib, diskGib, powerState } = machine;
    return `${powerState.toLowerCase()}, ${vcpus} vCPU, ${memoryMib} MiB, ${diskGib} GiB`;
  }
  return bytes === null ? '' : `${bytes} bytes`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
