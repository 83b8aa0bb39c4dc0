import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

/** A list's part of the address: what is searched, sorted and filtered. */
export interface TableSearch {
  q?: string | undefined;
  /** `name` rises, `-created` falls; several with commas. */
  sort?: string | undefined;
  /** `status:ACTIVE,ERROR;arch:x86_64`. */
  where?: string | undefined;
}

export type Where = Readonly<Record<string, readonly string[]>>;
export interface SortKey {
  id: string;
  desc: boolean;
}

/** `validateSearch` of a route with a list: takes what it knows, drops what is no text. */
export function parseTableSearch(raw: Record<string, unknown>): TableSearch {
  return { ...text(raw, 'q'), ...text(raw, 'sort'), ...text(raw, 'where') };
}

/** One optional text parameter of the address, for `validateSearch`. */
export function text<K extends string>(raw: Record<string, unknown>, name: K): { [P in K]?: string } {
  const value = raw[name];
  return (typeof value === 'string' && value !== '' ? { [name]: value } : {}) as { [P in K]?: string };
}

export function parseSort(sort: string | undefined): SortKey[] {
  return (sort ?? '')
    .split(',')
    .filter((part) => part !== '' && part !== '-')
    .map((part) => (part.startsWith('-') ? { id: part.slice(1), desc: true } : { id: part, desc: false }));
}

export function formatSort(keys: readonly SortKey[]): string | undefined {
  return keys.map(({ id, desc }) => (desc ? `-${id}` : id)).join(',') || undefined;
}

// `,`, `:`, `;` and `%` inside a value are written as in an address; the rest of it is left readable.
const escapeValue = (value: string): string => value.replace(/[,:;%]/g, (sign) => encodeURIComponent(sign));

function unescapeValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export function parseWhere(where: string | undefined): Where {
  const result: Record<string, string[]> = {};
  for (const part of (where ?? '').split(';')) {
    const at = part.indexOf(':');
    if (at <= 0) continue;
    const values = part
      .slice(at + 1)
      .split(',')
      .filter(Boolean)
      .map(unescapeValue);
    if (values.length > 0) result[unescapeValue(part.slice(0, at))] = values;
  }
  return result;
}

export function formatWhere(where: Where): string | undefined {
  return (
    Object.entries(where)
      .filter(([, values]) => values.length > 0)
      .map(([id, values]) => `${escapeValue(id)}:${values.map(escapeValue).join(',')}`)
      .join(';') || undefined
  );
}

/** The row whose panel the address has open beside the list. */
export function useOpenId(isInAddress: boolean): string | undefined {
  const { panel }: { panel?: unknown } = useSearch({ strict: false });
  return isInAddress && typeof panel === 'string' ? panel : undefined;
}

/** The list's state and its setter: in the address, or in the component for a table inside a page. */
export function useTableSearch(isInAddress: boolean): [TableSearch, (change: TableSearch) => void] {
  const [local, setLocal] = useState<TableSearch>({});
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  if (!isInAddress) return [local, (change) => setLocal((before) => ({ ...before, ...change }))];
  const change = (changed: TableSearch): void => {
    void navigate({ to: '.', search: (before: TableSearch) => ({ ...before, ...changed }), replace: true });
  };
  return [parseTableSearch(search), change];
}
