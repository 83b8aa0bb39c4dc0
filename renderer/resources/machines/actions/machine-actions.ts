import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { VerbList } from '../../../../app/contract/verbs.ts';
import type { Action } from '../../../design/actions/action.ts';
import { verbAction } from '../verb-action.tsx';
import { copyMachineId } from './copy-machine-id.action.ts';
import { deleteMachine } from './delete-machine.action.ts';
import { openScreen } from './open-screen.action.ts';
import { openTerminal } from './open-terminal.action.ts';
import { renameMachine } from './rename-machine.action.tsx';

/** In the order of menus. */
const GROUPS = ['console', 'power', 'sleep', 'copy', 'repair', 'edit', 'delete'];

/** All that can be done to a machine: what the controller offers, and what is no verb; in each group the dangerous last. */
export function machineActions({ verbs, keptSeconds }: VerbList): readonly Action<ServerView>[] {
  const offered = verbs.flatMap(({ offers }) => offers.map(verbAction));
  const place = ({ group = '' }: Action<ServerView>) => GROUPS.indexOf(group);
  const danger = ({ isDangerous = false }: Action<ServerView>) => Number(isDangerous);
  return [openScreen, openTerminal, renameMachine, copyMachineId, ...offered, deleteMachine(keptSeconds)].toSorted(
    (one, other) => place(one) - place(other) || danger(one) - danger(other),
  );
}
