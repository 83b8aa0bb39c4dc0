import { useQuery } from '@tanstack/react-query';
import { listGroupsOfUser } from '../api/group.api.ts';
import { keys } from '../api/query-keys.ts';
import { getUser, listUsers } from '../api/user.api.ts';
import { mayDo } from '../session/rights.ts';
import { useCurrentUser } from '../session/use-current-user.ts';

export function useUsers() {
  const mayList = mayDo('identity:list_users', useCurrentUser()).allowed;
  return useQuery({ queryKey: keys.users.list, queryFn: ({ signal }) => listUsers(signal), enabled: mayList });
}

/** With what a list leaves out, such as sign-ins with a company's account. */
export function useUser(id: string) {
  return useQuery({ queryKey: keys.users.detail(id), queryFn: ({ signal }) => getUser(id, signal) });
}

export function useGroupsOfUser(id: string) {
  return useQuery({ queryKey: keys.users.groups(id), queryFn: ({ signal }) => listGroupsOfUser(id, signal) });
}
