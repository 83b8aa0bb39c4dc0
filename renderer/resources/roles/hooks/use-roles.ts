import { useQuery } from '@tanstack/react-query';
import { keys } from '../../../api/query-keys.ts';
import { listRoleInferences, listRoles } from '../../../api/role.api.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';

/** The roles of the whole cloud. */
export function useRoles() {
  const mayList = mayDo('identity:list_roles', useCurrentUser()).allowed;
  return useQuery({
    queryKey: keys.roles.list,
    queryFn: ({ signal }) => listRoles(undefined, signal),
    enabled: mayList,
  });
}

export function useRoleInferences() {
  const mayList = mayDo('identity:list_role_inference_rules', useCurrentUser()).allowed;
  return useQuery({
    queryKey: keys.roles.inferences,
    queryFn: ({ signal }) => listRoleInferences(signal),
    enabled: mayList,
  });
}
