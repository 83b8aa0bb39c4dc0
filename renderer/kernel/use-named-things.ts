import { useMemo } from 'react';
import { mayDo } from '../session/rights.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import { type AnyResource, allResources } from './resource.ts';
import { useThings } from './use-things.ts';

export interface NamedThing {
  resource: AnyResource;
  id: string;
  label: string;
}

/** What can be found by name: the things of all resources that are searched, as far as they are held. */
export function useNamedThings(): NamedThing[] {
  const user = useCurrentUser();
  const searched = allResources().filter(({ search }) => search);
  const lists = searched.map((resource) =>
    // biome-ignore lint/correctness/useHookAtTopLevel: the same resources with every render
    useThings(resource, { isAsked: mayDo(resource.rule, user).allowed }),
  );
  const held = lists.map(({ things }) => things);
  return useMemo(
    () =>
      searched.flatMap((resource, index) =>
        (held[index] ?? []).map((thing) => ({ resource, id: thing.id, label: resource.label(thing) })),
      ),
    // biome-ignore lint/correctness/useExhaustiveDependencies: the lists of the same resources with every render
    held,
  );
}
