import { IconAdjustments, IconPencil, IconPlus, IconServer2, IconTrash } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Aggregate, deleteAggregate, getAggregate, listAggregates } from '../../api/aggregate.api.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import type { Action } from '../../design/actions/action.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { formatDateTime } from '../../design/duration.ts';
import { KeyValueList } from '../../design/KeyValueList.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import type { Column } from '../../design/table/column.ts';
import { no } from '../../design/verdict.ts';
import { t } from '../../i18n/i18n.ts';
import type { Area } from '../../i18n/texts.ts';
import { defineResource } from '../../kernel/resource.ts';
import { mayDo } from '../../session/rights.ts';
import { AggregateHosts } from './AggregateHosts.tsx';
import { AggregateDialog } from './dialogs/AggregateDialog.tsx';
import { MetadataDialog } from './dialogs/MetadataDialog.tsx';

declare module '../../i18n/texts.ts' {
  interface Texts {
    aggregates: Area<typeof import('../../../assets/locales/en/aggregates.json')>;
  }
}

const editAggregate: Action<Aggregate> = {
  id: 'aggregate.edit',
  label: () => t('aggregates:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (_aggregate, user) => mayDo('os_compute_api:os-aggregates:update', user),
  run: (aggregate) => openDialog((props) => <AggregateDialog {...props} aggregate={aggregate} />),
};
const editMetadata: Action<Aggregate> = {
  id: 'aggregate.metadata',
  label: () => t('aggregates:action.metadata'),
  icon: IconAdjustments,
  group: 'change',
  can: (_aggregate, user) => mayDo('os_compute_api:os-aggregates:set_metadata', user),
  run: (aggregate) => openDialog((props) => <MetadataDialog {...props} aggregate={aggregate} />),
};
const deleteAggregates: Action<Aggregate> = {
  id: 'aggregate.delete',
  label: () => t('aggregates:action.delete'),
  icon: IconTrash,
  group: 'delete',
  bulk: 'button',
  isDangerous: true,
  can: ({ hosts }, user) =>
    hosts.length > 0 ? no(t('aggregates:problem.notEmpty')) : mayDo('os_compute_api:os-aggregates:delete', user),
  confirm: (aggregates) => ({
    title: t('aggregates:confirm.delete.title', { count: aggregates.length, name: aggregates[0]?.name ?? '' }),
    text: t('aggregates:confirm.delete.text'),
    confirmLabel: t('aggregates:action.delete'),
    isDangerous: true,
  }),
  run: ({ id }) => deleteAggregate(id),
};

/** Hosts with something in common: a zone, or what flavors ask for. */
export const aggregates = defineResource<Aggregate>({
  name: 'aggregates',
  icon: IconServer2,
  rule: 'os_compute_api:os-aggregates:index',
  place: { group: 'cloud', order: 20 },
  isOfCloud: true,
  api: { page: listAggregates, show: getAggregate, isUnpaged: true },
  events: ['aggregate'],
  label: ({ name }) => name,
  // Beside a panel in a small window zone and hosts stay.
  labelWidth: 128,
  columns: useAggregateColumns,
  search: true,
  panel: AggregatePanel,
  actions: [editAggregate, editMetadata, deleteAggregates],
  create: [{ id: 'create', icon: IconPlus, rule: 'os_compute_api:os-aggregates:create', dialog: AggregateDialog }],
});

/** What flavors are matched with; the zone is told by itself. */
function metadataOf({ metadata }: Aggregate): [string, string][] {
  return Object.entries(metadata).filter(([key]) => key !== 'availability_zone');
}

function useAggregateColumns(): readonly Column<Aggregate>[] {
  const { t } = useTranslation('aggregates');
  return useMemo(
    () => [
      {
        id: 'zone',
        header: t('zoneShort'),
        value: ({ availability_zone: zone }) => zone,
        width: { min: 112, share: 1.5 },
        filter: {},
      },
      { id: 'hosts', header: t('hosts'), value: ({ hosts }) => hosts.join(', '), width: { min: 120, share: 2 } },
      {
        id: 'metadata',
        header: t('metadata'),
        value: (aggregate) =>
          metadataOf(aggregate)
            .map((pair) => pair.join('='))
            .join(', '),
        width: { min: 160, share: 2 },
      },
    ],
    [t],
  );
}

function AggregatePanel({ thing: aggregate }: { thing: Aggregate }) {
  const { t } = useTranslation('aggregates');
  const metadata = metadataOf(aggregate);
  return (
    <>
      <FieldList>
        <Field label="UUID">
          <CopyText value={aggregate.uuid} />
        </Field>
        <Field label={t('zone')}>{aggregate.availability_zone ?? '–'}</Field>
        <Field label={t('created')}>{formatDateTime(aggregate.created_at)}</Field>
      </FieldList>
      <AggregateHosts aggregate={aggregate} />
      <PanelHeading actions={<ActionButton action={editMetadata} things={[aggregate]} variant="subtle" />}>
        {t('metadata')}
      </PanelHeading>
      <p className="muted">{metadata.length === 0 ? t('noMetadata') : t('metadataHint')}</p>
      <KeyValueList pairs={metadata} />
    </>
  );
}
