import { IconZoomQuestion } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Unclaimed } from '../../../app/contract/unclaimed.ts';
import type { Action } from '../../design/actions/action.ts';
import { EmptyState } from '../../design/EmptyState.tsx';
import { TimeAgo } from '../../design/Figures.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import type { Column } from '../../design/table/column.ts';
import { DataTable } from '../../design/table/DataTable.tsx';
import { adoptUnclaimedAction } from './actions/adopt-unclaimed.action.tsx';
import { removeUnclaimedAction } from './actions/remove-unclaimed.action.ts';
import { useUnclaimed } from './hooks/use-unclaimed.ts';
import { StaleDatabase } from './StaleDatabase.tsx';
import { factsOf, stateOf } from './unclaimed-text.ts';

const ACTIONS: readonly Action<Unclaimed>[] = [adoptUnclaimedAction, removeUnclaimedAction];

/** What was found on hosts and in the controller's folder and nobody knows. */
export function UnclaimedTab() {
  const { t } = useTranslation('hosts');
  const unclaimed = useUnclaimed();
  const stale = unclaimed.data?.staleDatabase;
  const columns = useMemo<Column<Unclaimed>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        value: (thing) => thing.name,
        cell: (thing) => (
          <span className="truncate" title={thing.name}>
            {thing.name}
          </span>
        ),
        width: { min: 200, share: 3 },
        isFixed: true,
      },
      {
        id: 'kind',
        header: t('unclaimed.kindLabel'),
        value: (thing) => t(`unclaimed.kind.${thing.kind}`),
        width: { min: 144, share: 1 },
        filter: {},
      },
      {
        id: 'state',
        header: t('stateLabel'),
        value: (thing) => stateOf(thing)?.label,
        cell: (thing) => {
          const state = stateOf(thing);
          return state ? <StateBadge {...state} /> : <span className="muted">–</span>;
        },
        width: 132,
        filter: {},
      },
      {
        id: 'host',
        header: t('unclaimed.place'),
        value: (thing) => thing.host?.name ?? t('unclaimed.controller'),
        width: { min: 128, share: 1 },
        filter: {},
      },
      { id: 'what', header: t('unclaimed.what'), value: factsOf, width: { min: 184, share: 1.4 }, givesWay: 1 },
      {
        id: 'addresses',
        header: t('unclaimed.addresses'),
        value: (thing) => thing.machine?.addresses.join(', '),
        width: { min: 112, share: 1 },
        isHidden: true,
      },
      {
        id: 'since',
        header: t('unclaimed.since'),
        value: (thing) => thing.since,
        cell: (thing) => <TimeAgo time={thing.since} />,
        width: 104,
        align: 'end',
        isUnsearched: true,
      },
    ],
    [t],
  );
  return (
    <>
      {stale && <StaleDatabase stale={stale} />}
      <DataTable
        id="unclaimed"
        label={t('unclaimed.title')}
        columns={columns}
        rows={unclaimed.data?.unclaimed}
        error={unclaimed.error}
        onRetry={() => void unclaimed.refetch()}
        countLabel={(shown) =>
          unclaimed.data?.next
            ? t('unclaimed.first', { shown, all: unclaimed.data.count })
            : t('unclaimed.count', { count: shown })
        }
        searchLabel={t('unclaimed.search')}
        defaultSort="name"
        actions={ACTIONS}
        empty={
          <EmptyState
            icon={<IconZoomQuestion size={32} stroke={1.5} />}
            title={t('unclaimed.none')}
            text={t('unclaimed.noneText')}
          />
        }
      />
    </>
  );
}
