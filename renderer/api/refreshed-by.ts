import type { QueryKey } from '@tanstack/react-query';
import type { EventName } from '../../app/contract/events.ts';

type Beginning<Name extends string> = Name extends `${infer Head}.${infer Rest}`
  ? Head | `${Head}.${Beginning<Rest>}`
  : Name;
/** An event of the catalogue, or all that begin with these words: `flavor`, `compute.instance.create`. */
export type Events = Beginning<EventName>;

const refreshed: { events: readonly string[]; queryKey: QueryKey }[] = [];

/** What is below the key is read again after these events. Said once, where the resource is defined. */
export function refreshOn(events: readonly Events[], queryKey: QueryKey): void {
  refreshed.push({ events, queryKey });
}

export function keysRefreshedBy(event: string): QueryKey[] {
  return refreshed
    .filter(({ events }) => events.some((begin) => event === begin || event.startsWith(`${begin}.`)))
    .map(({ queryKey }) => queryKey);
}
