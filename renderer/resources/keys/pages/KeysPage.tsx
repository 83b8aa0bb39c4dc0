import { Button } from '@mantine/core';
import { IconFileImport, IconKey, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { KEY_ACTIONS } from '../actions/key-actions.ts';
import { CreateKeyDialog } from '../dialogs/CreateKeyDialog.tsx';
import { ImportKeyDialog } from '../dialogs/ImportKeyDialog.tsx';
import { type KeyRow, useKeys } from '../hooks/use-keys.ts';
import { parsePublicKey } from '../ssh-public-key.ts';
import { KeyPanel } from './KeyPanel.tsx';

/** SSH keys that machines are launched with; each person has their own. */
export function KeysPage() {
  const { t } = useTranslation('keys');
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/keys' });
  const pairs = useKeys();
  const shown = pairs.data?.find((pair) => pair.name === panel);
  const open = (name: string | undefined) =>
    void navigate({ to: '/keys', search: (before) => ({ ...before, panel: name }) });
  const create = (): void => openDialog((props) => <CreateKeyDialog {...props} />);
  const bring = (): void => openDialog((props) => <ImportKeyDialog {...props} />);
  useShortcut({ keys: 'N', label: t('create.title'), group: t('title') }, create);

  const columns = useMemo<Column<KeyRow>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        value: (pair) => pair.name,
        cell: (pair) => (
          <Link to="/keys" search={(before) => ({ ...before, panel: pair.name })}>
            {pair.name}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      {
        id: 'type',
        header: t('type'),
        value: (pair) => {
          const parsed = parsePublicKey(pair.public_key);
          return typeof parsed === 'string' ? pair.type : parsed.type;
        },
        width: 176,
        filter: {},
      },
      {
        id: 'fingerprint',
        header: t('fingerprint'),
        value: (pair) => pair.fingerprint,
        cell: (pair) => <span className="mono truncate">{pair.fingerprint}</span>,
        width: { min: 360, share: 2 },
      },
      {
        id: 'comment',
        header: t('comment'),
        value: (pair) => {
          const parsed = parsePublicKey(pair.public_key);
          return typeof parsed === 'string' ? null : parsed.comment;
        },
        width: { min: 120, share: 2 },
      },
    ],
    [t],
  );

  const actions = (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} aria-hidden="true" />} onClick={bring}>
        {t('import.action')}
      </Button>
      <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={create}>
        {t('create.action')}
      </Button>
    </>
  );
  return (
    <Page>
      <PageHeader title={t('title')} actions={actions} />
      <DataTable
        id="keys"
        label={t('title')}
        columns={columns}
        rows={pairs.data}
        error={pairs.error}
        onRetry={() => void pairs.refetch()}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="name"
        actions={KEY_ACTIONS}
        onOpen={(pair) => open(pair.name)}
        empty={
          <EmptyState
            icon={<IconKey size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={<Button onClick={create}>{t('create.action')}</Button>}
          />
        }
      />
      {shown && <KeyPanel pair={shown} onClose={() => open(undefined)} />}
    </Page>
  );
}
