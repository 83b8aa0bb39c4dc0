import type { HostView } from '../../../../app/contract/v1.ts';
import type { Action } from '../../../design/actions/action.ts';
import { copyHostName } from './copy-host-name.action.ts';
import { disableHosts, enableHosts, endForcedDown, forceHostDown } from './host-service-actions.tsx';
import { measureHosts } from './measure-host.action.ts';

/** In the order of menus. */
export const HOST_ACTIONS: readonly Action<HostView>[] = [
  measureHosts,
  copyHostName,
  disableHosts,
  enableHosts,
  forceHostDown,
  endForcedDown,
];
