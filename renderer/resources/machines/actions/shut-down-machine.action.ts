import { IconPower } from '@tabler/icons-react';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { powerOffServer } from '../../../api/compute.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { confirmSeveral } from '../machine-confirmation.ts';
import { mayUsePower } from '../machine-rights.ts';
import { offerForceOff } from '../offer-force-off.tsx';
import { knownTasks, taskEnd } from '../watch-task.ts';
import { forceOffMachine } from './force-off-machine.action.ts';

/** How long the system inside has to react to the power button. */
const SHUTDOWN_SECONDS = 60;

/** Presses the power button. When nothing comes of it, the person is offered to pull the plug. */
export const shutDownMachine: Action<ServerView> = {
  id: 'machine.shut-down',
  label: () => t('machines:action.shutDown'),
  icon: IconPower,
  group: 'power',
  bulk: 'button',
  can: (server, user) => mayUsePower(server, user, { vm: ['active', 'error'] }),
  confirm: (servers) =>
    confirmSeveral(servers, {
      title: t('machines:confirm.shutDown.title', { count: servers.length }),
      text: t('machines:confirm.shutDown.text'),
      confirmLabel: t('machines:action.shutDown'),
    }),
  run: async (server) => {
    const before = new Set(knownTasks().map((task) => task.id));
    await powerOffServer(server.id, { graceful: true, timeoutSeconds: SHUTDOWN_SECONDS });
    void watchShutDown(server, before);
  },
};

async function watchShutDown(server: ServerView, before: ReadonlySet<string>): Promise<void> {
  const task = await taskEnd(
    (each) => each.kind === 'server.stop' && each.subject.id === server.id && !before.has(each.id),
  );
  if (task.state === 'failed' && task.error?.code === 'timeout') {
    offerForceOff(server, { again: shutDownMachine, forceOff: forceOffMachine });
  }
}
