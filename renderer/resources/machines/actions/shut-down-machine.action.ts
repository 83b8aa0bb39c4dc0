import { IconPower } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { powerOffServer } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { confirmEach, counted } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';

/** How long the system inside has to react to the power button. */
const SHUTDOWN_SECONDS = 60;

/** Presses the power button. When nothing comes of it, the person is offered to pull the plug (FailedTaskNotices.tsx). */
export const shutDownMachine: Action<ServerView> = {
  id: 'machine.shut-down',
  label: () => t('machines:action.shutDown'),
  icon: IconPower,
  group: 'power',
  bulk: 'button',
  can: (server, user) => mayUsePower(server, user, { vm: ['active', 'error'] }),
  confirm: (servers) =>
    confirmEach(servers, {
      title: t('machines:confirm.shutDown.title', counted(servers)),
      text: t('machines:confirm.shutDown.text', counted(servers)),
      confirmLabel: t('machines:action.shutDown'),
    }),
  run: (server) => powerOffServer(server.id, { graceful: true, timeoutSeconds: SHUTDOWN_SECONDS }),
};
