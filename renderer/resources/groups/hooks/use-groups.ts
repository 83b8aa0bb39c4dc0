import { useQuery } from '@tanstack/react-query';
import { listGroups, listMembers } from '../../../api/group.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

export function useGroups() {
  const mayList = mayDo('identity:list_groups', useCurrentUser()).allowed;
  return useQuery({ queryKey: keys.groups.list, queryFn: ({ signal }) => listGroups(signal), enabled: mayList });
}

export function useMembers(groupId: string) {
  return useQuery({
    queryKey: keys.groups.members(groupId),
    queryFn: ({ signal }) => listMembers(groupId, signal),
  });
}
