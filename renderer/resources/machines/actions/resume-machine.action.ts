import { IconSunrise } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { runServerAction } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { confirmSeveral } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** Goes on where it was suspended. */
export const resumeMachine: Action<ServerView> = {
  id: 'machine.resume',
  label: () => t('machines:action.resume'),
  icon: IconSunrise,
  group: 'sleep',
  bulk: 'menu',
  can: (server, user) => mayUsePower(server, user, { vm: ['suspended'] }),
  confirm: (servers) =>
    confirmSeveral(servers, {
      title: t('machines:confirm.resume.title', { count: servers.length }),
      text: t('machines:confirm.resume.text'),
      confirmLabel: t('machines:action.resume'),
    }),
  run: (server) => runServerAction(server.id, { resume: null }),
};
