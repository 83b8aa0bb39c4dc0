import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { listImages } from '../../../api/image.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { DEFAULT_QUOTA } from '../../../api/quota.api.ts';
import { t } from '../../../i18n/i18n.ts';
import { useHosts } from '../../../kernel/use-hosts.ts';
import { useNamedThings } from '../../../kernel/use-named-things.ts';
import { useProjectNames } from '../../../kernel/use-project-names.ts';
import { useServers } from '../../../kernel/use-servers.ts';
import { useUsers } from '../../../kernel/use-users.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

interface Named {
  id: string;
  name?: string | null;
}

/** What things are called that were told of by their id alone, as far as this person sees them. */
export function useKnownNames(): ReadonlyMap<string, string> {
  const { projectId, projectName } = useCurrentUser();
  const projects = useProjectNames();
  const images = useQuery({ queryKey: keys.images.list, queryFn: ({ signal }) => listImages(signal) }).data;
  const servers = useServers().data;
  const hosts = useHosts().data;
  const users = useUsers().data;
  const others = useNamedThings();
  return useMemo(() => {
    const things: Named[] = [...(servers ?? []), ...(images ?? []), ...(hosts ?? []), ...(users ?? [])];
    return new Map([
      ...others.map(({ id, label }): [string, string] => [id, label]),
      ...things.flatMap(({ id, name }): [string, string][] => (name ? [[id, name]] : [])),
      [projectId, projectName],
      ...projects,
      [DEFAULT_QUOTA, t('quotas:defaults')],
    ]);
  }, [projectId, projectName, projects, images, servers, hosts, users, others]);
}
