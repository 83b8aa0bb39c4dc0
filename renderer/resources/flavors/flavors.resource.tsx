import { IconPlus, IconRuler2 } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../app/contract/openstack.ts';
import { getFlavor, listFlavors } from '../../api/compute.api.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { GIB, MIB } from '../../design/byte-size.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { ByteSize } from '../../design/Figures.tsx';
import { KeyValueList } from '../../design/KeyValueList.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import type { Column } from '../../design/table/column.ts';
import type { Area } from '../../i18n/texts.ts';
import { MachinesUsing } from '../../kernel/MachinesUsing.tsx';
import { defineResource } from '../../kernel/resource.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { deleteFlavors } from './actions/delete-flavor.action.ts';
import { describeFlavor } from './actions/describe-flavor.action.tsx';
import { editExtraSpecs } from './actions/edit-extra-specs.action.tsx';
import { launchWithFlavor } from './actions/launch-with-flavor.action.ts';
import { CreateFlavorDialog } from './dialogs/CreateFlavorDialog.tsx';
import { FlavorAccess } from './FlavorAccess.tsx';
import { MANAGES_FLAVORS } from './flavor-rights.ts';

declare module '../../i18n/texts.ts' {
  interface Texts {
    flavors: Area<typeof import('../../../assets/locales/en/flavors.json')>;
  }
}

/** The sizes machines come in. */
export const flavors = defineResource<FlavorView>({
  name: 'flavors',
  icon: IconRuler2,
  rule: 'os_compute_api:flavors',
  place: { group: 'compute', order: 30 },
  api: {
    page: listFlavors,
    show: getFlavor,
    sorts: { name: 'name', vcpus: 'vcpus', ram: 'memory_mb', disk: 'root_gb', ephemeral: 'ephemeral_gb', swap: 'swap' },
  },
  events: ['flavor'],
  label: ({ name }) => name,
  // Beside a panel in a small window vCPUs, memory and disk stay.
  labelWidth: 128,
  columns: useFlavorColumns,
  defaultSort: 'ram',
  search: true,
  panel: FlavorPanel,
  actions: [launchWithFlavor, describeFlavor, editExtraSpecs, deleteFlavors],
  create: [{ id: 'create', icon: IconPlus, rule: MANAGES_FLAVORS, dialog: CreateFlavorDialog }],
});

function useFlavorColumns(): readonly Column<FlavorView>[] {
  const { t } = useTranslation('flavors');
  return useMemo(() => {
    const amount = (
      id: string,
      header: string,
      read: (flavor: FlavorView) => number,
      unit: number,
      width: number,
    ): Column<FlavorView> => ({
      id,
      header,
      value: read,
      cell: (flavor) => <ByteSize bytes={read(flavor) * unit || null} />,
      width,
      align: 'end',
      isUnsearched: true,
    });
    return [
      { id: 'vcpus', header: t('vcpus'), value: ({ vcpus }) => vcpus, width: 72, align: 'end' },
      amount('ram', t('ram'), ({ ram }) => ram, MIB, 88),
      amount('disk', t('disk'), ({ disk }) => disk, GIB, 72),
      {
        ...amount('ephemeral', t('ephemeral'), (flavor) => flavor['OS-FLV-EXT-DATA:ephemeral'], GIB, 112),
        givesWay: 1,
      },
      { ...amount('swap', t('swap'), ({ swap }) => Number(swap), MIB, 88), givesWay: 1 },
      {
        id: 'visibility',
        header: t('visibleTo'),
        value: (flavor) => t(flavor['os-flavor-access:is_public'] ? 'everyone' : 'chosen'),
        width: { min: 128, share: 1 },
        filter: {},
      },
      {
        id: 'specs',
        header: t('extraSpecs.label'),
        value: ({ extra_specs: specs = {} }) =>
          Object.entries(specs)
            .map((pair) => pair.join('='))
            .join(', '),
        width: { min: 128, share: 2 },
      },
      {
        id: 'description',
        header: t('description'),
        value: ({ description }) => description,
        width: { min: 128, share: 2 },
        isHidden: true,
      },
      {
        id: 'id',
        header: 'ID',
        value: ({ id }) => id,
        cell: ({ id }) => <span className="mono truncate">{id}</span>,
        width: 280,
        isHidden: true,
      },
    ];
  }, [t]);
}

/** A size with what its figures do not say, and who may use it. */
function FlavorPanel({ thing: flavor }: { thing: FlavorView }) {
  const { t } = useTranslation('flavors');
  const { isAdmin } = useCurrentUser();
  const specs = Object.entries(flavor.extra_specs ?? {});
  return (
    <>
      <FieldList>
        <Field label="ID">
          <CopyText value={flavor.id} />
        </Field>
        {flavor.description && <Field label={t('description')}>{flavor.description}</Field>}
        <Field label={t('vcpus')}>{flavor.vcpus}</Field>
        <Field label={t('ram')}>
          <ByteSize bytes={flavor.ram * MIB} />
        </Field>
        <Field label={t('disk')}>
          <ByteSize bytes={flavor.disk * GIB} />
        </Field>
        <Field label={t('ephemeral')}>
          <ByteSize bytes={flavor['OS-FLV-EXT-DATA:ephemeral'] * GIB || null} />
        </Field>
        <Field label={t('swap')}>
          <ByteSize bytes={Number(flavor.swap) * MIB || null} />
        </Field>
        <Field label={t('visibleTo')}>{t(flavor['os-flavor-access:is_public'] ? 'everyone' : 'chosen')}</Field>
        <Field label={t('machines')}>
          <MachinesUsing
            isUsing={(server) => server.flavor.original_name === flavor.name}
            where={{ flavor: [flavor.name] }}
          />
        </Field>
      </FieldList>
      <PanelHeading actions={<ActionButton action={editExtraSpecs} things={[flavor]} variant="subtle" />}>
        {t('extraSpecs.label')}
      </PanelHeading>
      {specs.length === 0 && <p className="muted">{t('extraSpecs.none')}</p>}
      <KeyValueList pairs={specs} />
      {isAdmin && !flavor['os-flavor-access:is_public'] && <FlavorAccess key={flavor.id} flavor={flavor} />}
    </>
  );
}
