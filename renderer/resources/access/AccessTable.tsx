import { IconBuilding, IconFolder, IconKey, IconServer, IconUser, IconUsers } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../design/EmptyState.tsx';
import type { Column } from '../../design/table/column.ts';
import { DataTable } from '../../design/table/DataTable.tsx';
import classes from './access.module.css';
import { type AccessRow, nameInDomain } from './access-row.ts';
import { takeRoles } from './actions/take-role.action.ts';

const ICONS = { user: IconUser, group: IconUsers, project: IconFolder, domain: IconBuilding, system: IconServer };
const ACTIONS = [takeRoles];

export interface AccessTableProps {
  id: string;
  /** Undefined while they load. */
  rows: AccessRow[] | undefined;
  error: unknown;
  onRetry: () => void;
  /** What is the same on every line is left out. */
  hides?: 'who' | 'where' | undefined;
  isInAddress: boolean;
  emptyText: string;
  emptyAction?: ReactNode;
}

/** Who has which role where, and by which path. */
export function AccessTable({ hides, emptyText, emptyAction, ...table }: AccessTableProps) {
  const { t } = useTranslation('access');
  const columns = useMemo<Column<AccessRow>[]>(() => {
    const named = (id: 'who' | 'where', header: string): Column<AccessRow> => ({
      id,
      header,
      value: (row) => nameInDomain(row[id]),
      cell: (row) => <NameWithKind {...row[id]} />,
      width: { min: 128, share: 3 },
    });
    const kind = (id: 'who' | 'where', header: string): Column<AccessRow> => ({
      id: `${id}Kind`,
      header,
      value: (row) => t(`kind.${row[id].type}`),
      width: 96,
      isHidden: true,
      filter: {},
    });
    return [
      ...(hides === 'who' ? [] : [named('who', t('who')), kind('who', t('whoKind'))]),
      { id: 'role', header: t('role'), value: (row) => row.role, width: { min: 88, share: 1 }, filter: {} },
      ...(hides === 'where' ? [] : [named('where', t('where')), kind('where', t('whereKind'))]),
      {
        id: 'how',
        header: t('how'),
        value: (row) => row.how,
        cell: (row) => (
          <span className="truncate" title={row.how}>
            {row.how}
          </span>
        ),
        width: { min: 150, share: 6 },
      },
    ];
  }, [t, hides]);
  return (
    <DataTable
      {...table}
      label={t('title')}
      columns={columns}
      countLabel={(count) => t('count', { count })}
      searchLabel={t('search')}
      defaultSort={hides === 'who' ? 'where,role' : 'who,role'}
      actions={ACTIONS}
      empty={
        <EmptyState icon={<IconKey size={32} stroke={1.5} />} title={t('none')} text={emptyText} action={emptyAction} />
      }
    />
  );
}

/** A name with the sign of what it names, and the domain where that helps. */
function NameWithKind({ type, name, domain }: AccessRow['who'] | AccessRow['where']) {
  const { t } = useTranslation('access');
  const KindIcon = ICONS[type];
  const full = nameInDomain({ name, domain });
  return (
    <span className={classes.named} title={`${t(`kind.${type}`)}: ${full}`}>
      <KindIcon size={14} aria-label={t(`kind.${type}`)} />
      <span className="truncate">
        {name}
        {domain !== '' && <span className="muted"> {domain}</span>}
      </span>
    </span>
  );
}
