import { useQuery } from '@tanstack/react-query';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { VerbList } from '../../../../app/contract/verbs.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import { listVerbs } from '../../../api/v1.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { machineActions } from '../actions/machine-actions.ts';

const NONE: VerbList = { verbs: [], keptSeconds: 0 };

/** What the controller can do to machines, asked once. */
export function useVerbs() {
  return useQuery({
    queryKey: keys.verbs.all,
    queryFn: ({ signal }) => listVerbs(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const made = new WeakMap<VerbList, readonly Action<ServerView>[]>();

/** Made once of each answer, so that lists and menus need not be made anew. */
function actionsOf(answer: VerbList = NONE): readonly Action<ServerView>[] {
  const actions = made.get(answer) ?? machineActions(answer);
  made.set(answer, actions);
  return actions;
}

/** All that can be done to a machine, in the order of menus. */
export function useMachineActions(): readonly Action<ServerView>[] {
  return actionsOf(useVerbs().data);
}

/** How long what is deleted can be restored; 0: not at all. */
export function useKeptSeconds(): number {
  return useVerbs().data?.keptSeconds ?? 0;
}

/** One of them by its name, as far as the controller offers it. */
export function useMachineAction(name: string): Action<ServerView> | undefined {
  return useMachineActions().find(({ id }) => id === `machine.${name}`);
}

/** The same for code that is no component. */
export function machineAction(name: string): Action<ServerView> | undefined {
  return actionsOf(queryClient.getQueryData<VerbList>(keys.verbs.all)).find(({ id }) => id === `machine.${name}`);
}
