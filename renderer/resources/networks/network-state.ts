import type { NetworkView, PortView } from '../../../app/contract/openstack.ts';
import type { StateTone } from '../../design/StateBadge.tsx';

/** Networks and ports share their states. */
export const NETWORK_TONES: Record<NetworkView['status'] & PortView['status'], StateTone> = {
  ACTIVE: 'running',
  BUILD: 'busy',
  DOWN: 'stopped',
  ERROR: 'failed',
};
