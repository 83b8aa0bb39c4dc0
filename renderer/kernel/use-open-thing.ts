import { useEffect, useRef } from 'react';
import { isNotFound } from '../api/cloud-error.ts';
import type { AnyResource } from './resource.ts';
import { useThing } from './use-things.ts';

type Thing = { id: string };

export interface OpenThing {
  id: string;
  thing: Thing | undefined;
  error: Error | null;
  retry: () => void;
}

/**
 * What the address has open: as the list has it, else asked for by itself, since a long list may not have come to it. One
 * that goes while it is open is closed.
 */
export function useOpenThing(
  resource: AnyResource,
  rows: readonly Thing[] | undefined,
  id: string | undefined,
  onGone: () => void,
): OpenThing | null {
  const listed = id === undefined ? undefined : rows?.find((row) => row.id === id);
  const asked = useThing(resource, id === undefined || listed || rows === undefined ? null : id);
  const seen = useRef<string | undefined>(undefined);
  const isGone = !listed && isNotFound(asked.error) && seen.current === id;
  useEffect(() => {
    if (listed) seen.current = listed.id;
    if (isGone) onGone();
  });
  if (id === undefined || isGone || (rows === undefined && !listed)) return null;
  const found = asked.error ? undefined : asked.data;
  return { id, thing: listed ?? found, error: asked.error, retry: () => void asked.refetch() };
}
