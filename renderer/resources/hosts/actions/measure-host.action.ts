import { IconRefresh } from '@tabler/icons-react';
import type { HostView } from '../../../../app/contract/v1.ts';
import { putInPlace } from '../../../api/event-refresh.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import { measureHost } from '../../../api/v1.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no, yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';

/** Has the agent measure its host anew, after something was installed or freed. */
export const measureHosts: Action<HostView> = {
  id: 'host.measure',
  label: () => t('hosts:action.measure'),
  icon: IconRefresh,
  bulk: 'button',
  can: (host, user) => {
    const right = mayDo('v1:hosts:measure', user);
    if (!right.allowed) return right;
    return host.state === 'up' ? yes : no(t('hosts:reason.down'));
  },
  run: async (host) => {
    const measured = await measureHost(host.id);
    queryClient.setQueryData<HostView[]>(keys.hosts.list, (list) => list && putInPlace(list, measured));
  },
};
