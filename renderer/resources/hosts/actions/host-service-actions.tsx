import { IconCircleCheck, IconCircleOff, IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react';
import type { HostView } from '../../../../app/contract/v1.ts';
import { changeHostService } from '../../../api/host-service.api.ts';
import type { CurrentUser } from '../../../api/session.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { notifyWithUndo } from '../../../design/notify.tsx';
import { no, type Verdict, yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { DisableHostDialog } from '../dialogs/DisableHostDialog.tsx';

/** By right, then unless there is a reason against it. */
function may(user: CurrentUser, against: string | false): Verdict {
  const right = mayDo('os_compute_api:os-services:update', user);
  if (!right.allowed) return right;
  return against === false ? yes : no(against);
}

/** It gets no new machines; those on it run on. */
export const disableHosts: Action<HostView> = {
  id: 'host.disable',
  label: () => t('hosts:action.disable'),
  icon: IconCircleOff,
  group: 'service',
  bulk: 'menu',
  can: ({ disabledReason }, user) => may(user, disabledReason !== null && t('hosts:reason.disabled')),
  run: (host) => openDialog((props) => <DisableHostDialog {...props} hosts={[host]} />),
  runAll: (hosts) => openDialog((props) => <DisableHostDialog {...props} hosts={hosts} />),
};

/** It gets new machines again. */
export const enableHosts: Action<HostView> = {
  id: 'host.enable',
  label: () => t('hosts:action.enable'),
  icon: IconCircleCheck,
  group: 'service',
  bulk: 'menu',
  can: ({ disabledReason }, user) => may(user, disabledReason === null && t('hosts:reason.enabled')),
  run: async ({ name, disabledReason }) => {
    await changeHostService(name, { status: 'enabled' });
    notifyWithUndo(t('hosts:done.enabled', { name }), () =>
      changeHostService(name, { status: 'disabled', ...(disabledReason && { disabled_reason: disabledReason }) }),
    );
  },
};

/**
 * What is known to be off counts as down at once, and until an administrator says otherwise. One that answers would only
 * seem to be: its machines run on.
 */
export const forceHostDown: Action<HostView> = {
  id: 'host.force-down',
  label: () => t('hosts:action.forceDown'),
  icon: IconPlugConnectedX,
  group: 'down',
  isDangerous: true,
  can: ({ isForcedDown, isAway, state }, user) =>
    may(user, isForcedDown ? t('hosts:reason.forcedDown') : !isAway && state === 'up' && t('hosts:reason.answers')),
  confirm: ([host]) => ({
    title: t('hosts:confirm.forceDown.title', { name: host?.name ?? '' }),
    text: t('hosts:confirm.forceDown.text'),
    wayBack: t('hosts:confirm.forceDown.wayBack'),
    confirmLabel: t('hosts:action.forceDown'),
    isDangerous: true,
  }),
  run: async ({ name }) => {
    await changeHostService(name, { forced_down: true });
    notifyWithUndo(t('hosts:done.forcedDown', { name }), () => changeHostService(name, { forced_down: false }));
  },
};

export const endForcedDown: Action<HostView> = {
  id: 'host.end-forced-down',
  label: () => t('hosts:action.endForcedDown'),
  icon: IconPlugConnected,
  group: 'down',
  can: ({ isForcedDown }, user) => may(user, !isForcedDown && t('hosts:reason.notForcedDown')),
  run: async ({ name }) => await changeHostService(name, { forced_down: false }),
};
