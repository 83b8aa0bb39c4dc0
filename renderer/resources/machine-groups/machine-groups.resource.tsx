import { Group } from '@mantine/core';
import { IconPlus, IconTags } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { listMachineGroups, type MachineGroupThing } from '../../api/startup.api.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import type { Column } from '../../design/table/column.ts';
import type { Area } from '../../i18n/texts.ts';
import { defineResource } from '../../kernel/resource.ts';
import { StartupWaves } from '../../kernel/StartupWaves.tsx';
import { startGroup, stopGroup } from './actions/power-group.action.ts';
import { CreateMachineGroupDialog } from './dialogs/CreateMachineGroupDialog.tsx';
import { showGroup } from './show-group.ts';

declare module '../../i18n/texts.ts' {
  interface Texts {
    'machine-groups': Area<typeof import('../../../assets/locales/en/machine-groups.json')>;
  }
}

/** Machines that people handle as one: those that have the same tag. */
export const machineGroups = defineResource<MachineGroupThing>({
  name: 'machine-groups',
  icon: IconTags,
  rule: 'v1:machine_groups:list',
  place: { group: 'compute', order: 55 },
  api: { page: ({ signal }) => listMachineGroups(signal), show: showGroup, isUnpaged: true },
  // Their tags are a part of machines.
  events: ['compute.instance'],
  label: ({ name }) => name,
  columns: useGroupColumns,
  search: true,
  panel: GroupPanel,
  actions: [startGroup, stopGroup],
  create: [
    {
      id: 'create',
      icon: IconPlus,
      rule: 'os_compute_api:os-server-tags:update',
      dialog: CreateMachineGroupDialog,
    },
  ],
});

function useGroupColumns(): readonly Column<MachineGroupThing>[] {
  const { t } = useTranslation('machine-groups');
  return useMemo(
    () => [
      { id: 'machines', header: t('machines'), value: ({ machines }) => machines, width: 112, align: 'end' },
      { id: 'running', header: t('running'), value: ({ running }) => running, width: 112, align: 'end' },
      { id: 'stopped', header: t('stopped'), value: ({ stopped }) => stopped, width: 112, align: 'end' },
    ],
    [t],
  );
}

/** What is done with a group stands open: it is what people come for. */
function GroupPanel({ thing }: { thing: MachineGroupThing }) {
  const { t } = useTranslation('machine-groups');
  const { name, machines, running, stopped } = thing;
  return (
    <>
      <Group gap={8} mb={8}>
        <ActionButton action={startGroup} things={[thing]} />
        <ActionButton action={stopGroup} things={[thing]} />
      </Group>
      <FieldList>
        <Field label={t('machines')}>{machines}</Field>
        <Field label={t('running')}>{running}</Field>
        <Field label={t('stopped')}>{stopped}</Field>
      </FieldList>
      <PanelHeading>{t('order')}</PanelHeading>
      <StartupWaves group={name} />
    </>
  );
}
