import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { copyMachineId } from './copy-machine-id.action.ts';
import { deleteMachine } from './delete-machine.action.ts';
import { forceOffMachine } from './force-off-machine.action.ts';
import { hardRebootMachine } from './hard-reboot-machine.action.ts';
import { openScreen } from './open-screen.action.ts';
import { openTerminal } from './open-terminal.action.ts';
import { pauseMachine } from './pause-machine.action.ts';
import { rebootMachine } from './reboot-machine.action.ts';
import { renameMachine } from './rename-machine.action.tsx';
import { resumeMachine } from './resume-machine.action.ts';
import { shutDownMachine } from './shut-down-machine.action.ts';
import { startMachine } from './start-machine.action.ts';
import { suspendMachine } from './suspend-machine.action.ts';
import { unpauseMachine } from './unpause-machine.action.ts';

/** All that can be done to a machine, in the order of menus. */
export const MACHINE_ACTIONS: readonly Action<ServerView>[] = [
  openScreen,
  openTerminal,
  startMachine,
  shutDownMachine,
  rebootMachine,
  hardRebootMachine,
  forceOffMachine,
  pauseMachine,
  unpauseMachine,
  suspendMachine,
  resumeMachine,
  renameMachine,
  copyMachineId,
  deleteMachine,
];

/** Those the machine's own page shows as buttons; the rest is in the menu beside them. */
export const MACHINE_PAGE_BUTTONS: readonly Action<ServerView>[] = [startMachine, shutDownMachine, rebootMachine];
