import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RuleName } from '../../../app/contract/generated/rules.ts';
import { CloudError } from '../../api/cloud-error.ts';
import { EmptyState } from '../../design/EmptyState.tsx';
import { DataTable, type DataTableProps } from '../../design/table/DataTable.tsx';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';

export type IdentityTableProps<T extends { id: string }> = Omit<DataTableProps<T>, 'rows' | 'error' | 'onRetry'> & {
  query: { data: T[] | undefined; error: unknown; refetch: () => unknown };
  /** What one needs to see the list at all. */
  rule: RuleName;
};

/** A list that not everybody may read: who may not is told so, and what to do about it. */
export function IdentityTable<T extends { id: string }>({ query, rule, ...table }: IdentityTableProps<T>) {
  const { t } = useTranslation('people');
  const right = mayDo(rule, useCurrentUser());
  const isForbidden = !right.allowed || (query.error instanceof CloudError && query.error.status === 403);
  if (isForbidden) {
    return (
      <EmptyState icon={<IconLock size={32} stroke={1.5} />} title={t('forbidden.title')} text={t('forbidden.text')} />
    );
  }
  return <DataTable {...table} rows={query.data} error={query.error} onRetry={() => void query.refetch()} />;
}
