import { IconPlus, IconRuler2 } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import { GIB, MIB } from '../../../design/byte-size.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { ByteSize } from '../../../design/Figures.tsx';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { useShortcut } from '../../../design/shortcuts.ts';
import type { Column } from '../../../design/table/column.ts';
import { DataTable } from '../../../design/table/DataTable.tsx';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { FLAVOR_ACTIONS } from '../actions/flavor-actions.ts';
import { CreateFlavorDialog } from '../dialogs/CreateFlavorDialog.tsx';
import { mayManageFlavors } from '../flavor-rights.ts';
import { useFlavors } from '../hooks/use-flavors.ts';
import { FlavorPanel } from './FlavorPanel.tsx';

/** The sizes machines come in. */
export function FlavorsPage() {
  const { t } = useTranslation('flavors');
  const navigate = useNavigate();
  const { panel } = useSearch({ from: '/frame/flavors' });
  const flavors = useFlavors();
  const right = mayManageFlavors(useCurrentUser());
  const shown = flavors.data?.find((flavor) => flavor.id === panel);
  const open = (id: string | undefined) =>
    void navigate({ to: '/flavors', search: (before) => ({ ...before, panel: id }) });
  const create = (): void => {
    if (right.allowed) openDialog((props) => <CreateFlavorDialog {...props} />);
  };
  useShortcut({ keys: 'N', label: t('create.title'), group: t('title') }, create);

  const columns = useMemo<Column<FlavorView>[]>(() => {
    const amount = (
      id: string,
      header: string,
      read: (flavor: FlavorView) => number,
      unit: number,
    ): Column<FlavorView> => ({
      id,
      header,
      value: read,
      cell: (flavor) => <ByteSize bytes={read(flavor) * unit || null} />,
      width: 112,
      align: 'end',
      isUnsearched: true,
    });
    const visibility = (flavor: FlavorView): string => t(flavor['os-flavor-access:is_public'] ? 'everyone' : 'chosen');
    return [
      {
        id: 'name',
        header: t('name'),
        value: (flavor) => flavor.name,
        cell: (flavor) => (
          <Link to="/flavors" search={(before) => ({ ...before, panel: flavor.id })}>
            {flavor.name}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      { id: 'vcpus', header: t('vcpus'), value: (flavor) => flavor.vcpus, width: 80, align: 'end' },
      amount('ram', t('ram'), (flavor) => flavor.ram, MIB),
      amount('disk', t('disk'), (flavor) => flavor.disk, GIB),
      { ...amount('ephemeral', t('ephemeral'), (flavor) => flavor['OS-FLV-EXT-DATA:ephemeral'], GIB), givesWay: 1 },
      { ...amount('swap', t('swap'), (flavor) => Number(flavor.swap), MIB), givesWay: 1 },
      { id: 'visibility', header: t('visibleTo'), value: visibility, width: { min: 128, share: 1 }, filter: {} },
      {
        id: 'specs',
        header: t('extraSpecs.label'),
        value: (flavor) =>
          Object.entries(flavor.extra_specs ?? {})
            .map(([key, value]) => `${key}=${value}`)
            .join(', '),
        width: { min: 128, share: 2 },
      },
      {
        id: 'description',
        header: t('description'),
        value: (flavor) => flavor.description,
        width: { min: 128, share: 2 },
        isHidden: true,
      },
      {
        id: 'id',
        header: 'ID',
        value: (flavor) => flavor.id,
        cell: (flavor) => <span className="mono truncate">{flavor.id}</span>,
        width: 280,
        isHidden: true,
      },
    ];
  }, [t]);

  const button = (
    <ReasonedButton verdict={right} leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={create}>
      {t('create.action')}
    </ReasonedButton>
  );
  return (
    <Page>
      <PageHeader title={t('title')} actions={button} />
      <DataTable
        id="flavors"
        label={t('title')}
        columns={columns}
        rows={flavors.data}
        error={flavors.error}
        onRetry={() => void flavors.refetch()}
        countLabel={(count) => t('count', { count })}
        searchLabel={t('search')}
        defaultSort="ram"
        actions={FLAVOR_ACTIONS}
        onOpen={(flavor) => open(flavor.id)}
        empty={
          <EmptyState
            icon={<IconRuler2 size={32} stroke={1.5} />}
            title={t('none')}
            text={t('noneText')}
            action={button}
          />
        }
      />
      {shown && <FlavorPanel flavor={shown} onClose={() => open(undefined)} />}
    </Page>
  );
}
