import type { Icon } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import type { RuleName } from '../../app/contract/generated/rules.ts';
import type { ListAsked, ServerOrder } from '../api/list-page.ts';
import { type Events, refreshOn } from '../api/refreshed-by.ts';
import type { Action } from '../design/actions/action.ts';
import type { DialogProps } from '../design/dialogs/dialog.store.ts';
import type { Column } from '../design/table/column.ts';

export interface ResourceApi<T> {
  page: (asked: ListAsked) => Promise<T[]>;
  show: (id: string, signal: AbortSignal) => Promise<T>;
  /** It answers all at once, whatever is asked for. */
  isUnpaged?: boolean;
  /** The API's name of what a column sorts by. Lists too long to be read whole are sorted by these without reading on. */
  sorts?: Readonly<Record<string, string>>;
}

/** One way to get a new one: a button, the key N for the first, an entry of the palette. */
export interface Creation {
  /** Of its texts: `<id>.action` on the button, `<id>.title` in the palette. */
  id: 'create' | 'import';
  icon: Icon;
  /** The policy rule that allows it; everybody may without. */
  rule?: RuleName;
  dialog: ComponentType<DialogProps>;
}

/** Groups of the navigation, the first on top. */
const GROUPS = ['compute', 'cloud'] as const;

/** Where it stands in the navigation: lower orders come first in their group. */
export interface Place {
  group: (typeof GROUPS)[number];
  order: number;
}

export interface ResourceDefinition<T extends { id: string }> {
  /** Its address, its part of the query cache, its area of texts, the name of the kept choice of columns. */
  name: string;
  icon: Icon;
  /** The policy rule without which there is nothing to see. */
  rule: RuleName;
  place: Place;
  /** No project has it: to work in another one opens it to nobody. */
  isOfCloud?: boolean;
  api: ResourceApi<T>;
  /** After these of the catalogue it is read again (`app/contract/events.ts`). */
  events: readonly Events[];
  /** What people call one. */
  label: (thing: T) => string;
  /** Least width of the name, where the columns beside it matter as much to people. */
  labelWidth?: number;
  /** A hook: the columns behind the name, with `useTranslation` of its area. */
  columns: () => readonly Column<T>[];
  /** As in the address; by name without. */
  defaultSort?: string;
  /** The palette finds its things by name. */
  search?: boolean;
  /** Beside the name of an open one. */
  state?: ComponentType<{ thing: T }>;
  /** What an open one shows, beside the list and on a page of its own. */
  panel: ComponentType<{ thing: T }>;
  actions?: readonly Action<T>[];
  create?: readonly Creation[];
  /** A sentence under the title, where it has one. */
  note?: ComponentType;
  /** In place of its texts `none` and `noneText`. */
  empty?: ReactNode;
}

export interface Resource<T extends { id: string }> extends ResourceDefinition<T> {
  keys: {
    /** What is below it is all that is held of the resource. */
    all: readonly [string];
    list: (order?: ServerOrder) => readonly unknown[];
    one: (id: string) => readonly unknown[];
  };
}

/** Of things of any kind, for what only looks at what all have. */
export type AnyResource = Resource<{ id: string }>;

const defined = new Map<string, AnyResource>();

/**
 * A kind of thing the dashboard shows. Its page, address, navigation entry, palette entries, query keys and refresh come
 * from this; a file `resources/<thing>/<thing>.resource.tsx` with one is all there is to add, and its texts.
 */
export function defineResource<T extends { id: string }>(definition: ResourceDefinition<T>): Resource<T> {
  const { name, events } = definition;
  const keys = {
    all: [name] as const,
    list: (order?: ServerOrder) => [name, 'list', order ?? null],
    one: (id: string) => [name, 'one', id],
  };
  const resource = { ...definition, keys };
  refreshOn(events, keys.all);
  // Whoever takes one of any kind hands its things back to it alone.
  defined.set(name, resource as unknown as AnyResource);
  return resource;
}

export function findResource(name: string): AnyResource | undefined {
  return defined.get(name);
}

/** All that are loaded, in the order of the navigation. */
export function allResources(): AnyResource[] {
  return [...defined.values()].sort(byPlace);
}

export function byPlace({ place: one }: { place: Place }, { place: other }: { place: Place }): number {
  return GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group) || one.order - other.order;
}
