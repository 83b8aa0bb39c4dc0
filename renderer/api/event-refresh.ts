import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { EventFrame, EventView } from '../../app/contract/event.ts';
import { EVENTS, isEventName } from '../../app/contract/events.ts';
import type { TaskProgress, TaskView } from '../../app/contract/task.ts';
import { isNotFound } from './cloud-error.ts';
import { getServer } from './compute.api.ts';
import { getImage } from './image.api.ts';
import { keys } from './query-keys.ts';
import { keysRefreshedBy } from './refreshed-by.ts';
import { readSession } from './session.ts';
import { getHost } from './v1.api.ts';

/** Events of one burst are answered together. */
const BURST_MS = 120;
/** More changed things than this in a burst: the list is read again instead of each thing. */
const READ_SINGLY_UP_TO = 25;
const RECENT_TASKS = 200;

interface ListedResource {
  list: QueryKey;
  /** Whether a thing belongs there: administrators hear of more than their project's. */
  isListed?: (thing: { id: string }) => boolean;
  /** The list of those of every project. */
  everywhere?: QueryKey;
  detail: (id: string) => QueryKey;
  /** What hangs on the thing and changes with it. */
  below?: (id: string) => QueryKey[];
  read: (id: string) => Promise<{ id: string }>;
}

/** Resources whose changed rows are read one by one and put in place: a list may hold 10,000. */
const LISTED: Record<string, ListedResource> = {
  server: {
    list: keys.servers.list,
    isListed: (server) => !('tenant_id' in server) || server.tenant_id === readSession()?.project?.id,
    everywhere: keys.servers.everywhere,
    detail: keys.servers.detail,
    below: (id) => [keys.servers.actions(id), keys.servers.hardware(id)],
    read: getServer,
  },
  image: {
    list: keys.images.list,
    detail: keys.images.detail,
    below: (id) => [keys.images.members(id)],
    read: getImage,
  },
  host: { list: keys.hosts.list, detail: keys.hosts.detail, read: getHost },
};

/** What an event makes stale beside the thing it is about. */
export function staleKeys(event: EventView): QueryKey[] {
  const parts = isEventName(event.type) ? EVENTS[event.type].refreshes.map((part) => keys[part].all) : [];
  return [
    ...parts,
    ...keysRefreshedBy(event.type),
    ...(LISTED[event.resource.type]?.below?.(event.resource.id) ?? []),
    keys.eventLog.all,
  ];
}

/** Keeps the query cache true to the event stream. */
export class EventRefresher {
  readonly #client: QueryClient;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stale = new Map<string, QueryKey>();
  #changed = new Map<string, Set<string>>();
  /** The newest read of each thing: answers may come in another order than they were asked for. */
  #newestRead = new Map<string, symbol>();

  constructor(client: QueryClient) {
    this.#client = client;
  }

  handle(frame: EventFrame): void {
    switch (frame.op) {
      case 'hello':
        return;
      case 'reset':
        void this.#client.invalidateQueries();
        return;
      case 'task':
        putTask(this.#client, frame.task);
        return;
      case 'tick':
        putProgress(this.#client, frame.taskId, frame.progress);
        return;
      case 'event':
        this.#collect(frame.event);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #collect(event: EventView): void {
    for (const key of staleKeys(event)) this.#stale.set(JSON.stringify(key), key);
    const { type, id } = event.resource;
    if (type in LISTED) {
      const ids = this.#changed.get(type) ?? new Set();
      this.#changed.set(type, ids.add(id));
    }
    this.#timer ??= setTimeout(() => this.#flush(), BURST_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    const stale = this.#stale;
    const changed = this.#changed;
    this.#stale = new Map();
    this.#changed = new Map();
    for (const queryKey of stale.values()) void this.#client.invalidateQueries({ queryKey });
    for (const [type, ids] of changed) {
      const resource = LISTED[type];
      if (!resource) continue;
      if (ids.size > READ_SINGLY_UP_TO) {
        for (const queryKey of listsOf(resource)) void this.#client.invalidateQueries({ queryKey });
        for (const id of ids) void this.#client.invalidateQueries({ queryKey: resource.detail(id) });
      } else {
        for (const id of ids) void this.#readAgain(resource, id);
      }
    }
  }

  async #readAgain(resource: ListedResource, id: string): Promise<void> {
    const isShown =
      listsOf(resource).some((list) => this.#client.getQueryData(list) !== undefined) ||
      this.#client.getQueryData(resource.detail(id)) !== undefined;
    if (!isShown) return;
    const mark = Symbol(id);
    this.#newestRead.set(id, mark);
    const outcome = await resource.read(id).catch((error: unknown) => ({ error }));
    if (this.#newestRead.get(id) !== mark) return;
    this.#newestRead.delete(id);
    if (!('error' in outcome)) {
      this.#client.setQueryData(resource.detail(id), outcome);
      for (const key of listsOf(resource)) {
        if (key === resource.list && resource.isListed?.(outcome) === false) continue;
        this.#client.setQueryData<{ id: string }[]>(key, (list) => list && putInPlace(list, outcome));
      }
    } else if (isNotFound(outcome.error)) {
      for (const key of listsOf(resource)) {
        this.#client.setQueryData<{ id: string }[]>(key, (list) => list?.filter((row) => row.id !== id));
      }
      void this.#client.invalidateQueries({ queryKey: resource.detail(id) });
    } else {
      for (const queryKey of listsOf(resource)) void this.#client.invalidateQueries({ queryKey });
    }
  }
}

function listsOf({ list, everywhere }: ListedResource): QueryKey[] {
  return everywhere ? [list, everywhere] : [list];
}

/** Replaces the row of the same id where it stands; a new one goes first, as lists answer the newest first. */
export function putInPlace<T extends { id: string }>(list: readonly T[], thing: T): T[] {
  const index = list.findIndex((row) => row.id === thing.id);
  return index === -1 ? [thing, ...list] : list.with(index, thing);
}

function putTask(client: QueryClient, task: TaskView): void {
  client.setQueryData<TaskView[]>(keys.tasks.recent, (list) => list && putInPlace(list, task).slice(0, RECENT_TASKS));
  client.setQueryData<TaskView[]>(keys.tasks.ofSubject(task.subject.id), (list) => list && putInPlace(list, task));
}

function putProgress(client: QueryClient, taskId: string, progress: TaskProgress): void {
  client.setQueriesData<TaskView[]>({ queryKey: keys.tasks.all }, (list) => {
    const index = list?.findIndex((task) => task.id === taskId) ?? -1;
    const task = list?.[index];
    return list && task ? list.with(index, { ...task, progress }) : list;
  });
}
