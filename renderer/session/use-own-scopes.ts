import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { getDomain } from '../api/domain.api.ts';
import { listOwnScopes } from '../api/identity.api.ts';
import { keys } from '../api/query-keys.ts';
import { readSession } from '../api/session.ts';
import { type ScopeChoice, scopeChoices } from './scope-choices.ts';

async function readChoices(): Promise<ScopeChoice[]> {
  const session = readSession();
  if (!session) return [];
  const own = await listOwnScopes(session.unscopedToken);
  const known = [session.user.domain, session.project?.domain, ...own.domains];
  const names = new Map(known.flatMap((domain) => (domain ? [[domain.id, domain.name] as const] : [])));
  const unknown = new Set(own.projects.map(({ domain_id }) => domain_id).filter((id) => !names.has(id)));
  await Promise.all(
    [...unknown].map(async (id) => {
      // Not everybody may read the domain of a project that they are in: its id will have to do.
      const domain = await getDomain(id).catch(() => null);
      if (domain) names.set(id, domain.name);
    }),
  );
  return scopeChoices(own, names);
}

/** Everything the person may work in. */
export function useOwnScopes(isWanted: boolean) {
  return useQuery({ queryKey: keys.projects.ownScopes, queryFn: readChoices, enabled: isWanted });
}

const NO_CHOICES: ScopeChoice[] = [];

/** Names of the projects one may work in, by id. */
export function useProjectNames(): ReadonlyMap<string, string> {
  const { data = NO_CHOICES } = useOwnScopes(true);
  return useMemo(
    () => new Map(data.flatMap(({ scope, name }) => ('project' in scope ? [[scope.project.id, name ?? '']] : []))),
    [data],
  );
}
