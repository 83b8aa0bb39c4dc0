import { IconPlayerPlay, IconPower } from '@tabler/icons-react';
import { type MachineGroupThing, startMachineGroup, stopMachineGroup } from '../../../api/startup.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';

export const startGroup: Action<MachineGroupThing> = {
  id: 'machine-group.start',
  label: () => t('machine-groups:action.start'),
  icon: IconPlayerPlay,
  group: 'power',
  bulk: 'button',
  can: ({ stopped }, user) =>
    stopped === 0 ? no(t('machine-groups:noneStopped')) : mayDo('v1:machine_groups:start', user),
  run: ({ name }) => startMachineGroup(name),
};

export const stopGroup: Action<MachineGroupThing> = {
  id: 'machine-group.stop',
  label: () => t('machine-groups:action.stop'),
  icon: IconPower,
  group: 'power',
  bulk: 'button',
  can: ({ running }, user) =>
    running === 0 ? no(t('machine-groups:noneRunning')) : mayDo('v1:machine_groups:stop', user),
  confirm: (groups) => ({
    title: t('machine-groups:confirm.stop.title', { count: groups.length, name: groups[0]?.name ?? '' }),
    text: t('machine-groups:confirm.stop.text'),
    confirmLabel: t('machine-groups:action.stop'),
  }),
  run: ({ name }) => stopMachineGroup(name),
};
