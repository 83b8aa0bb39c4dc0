import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import { ActionButton } from '../../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { GIB, MIB } from '../../../design/byte-size.ts';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { ByteSize } from '../../../design/Figures.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { formatWhere } from '../../../design/table/table-search.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useServers } from '../../machines/hooks/use-servers.ts';
import { editExtraSpecs } from '../actions/edit-extra-specs.action.tsx';
import { FLAVOR_ACTIONS } from '../actions/flavor-actions.ts';
import { FlavorAccess } from '../FlavorAccess.tsx';
import classes from '../flavors.module.css';

/** A size with what its figures do not say, and who may use it. */
export function FlavorPanel({ flavor, onClose }: { flavor: FlavorView; onClose: () => void }) {
  const { t } = useTranslation('flavors');
  const user = useCurrentUser();
  const used = useServers().data?.filter((server) => server.flavor.original_name === flavor.name).length ?? 0;
  const specs = Object.entries(flavor.extra_specs ?? {});
  return (
    <DetailPanel
      title={flavor.name}
      actions={<ActionMenu actions={FLAVOR_ACTIONS} things={[flavor]} />}
      onClose={onClose}
    >
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
          {used === 0 ? (
            t('noMachines')
          ) : (
            <Link to="/machines" search={{ where: formatWhere({ flavor: [flavor.name] }) }}>
              {t('usedBy', { count: used })}
            </Link>
          )}
        </Field>
      </FieldList>
      <div className={classes.headingRow}>
        <h3 className={classes.heading}>{t('extraSpecs.label')}</h3>
        <ActionButton action={editExtraSpecs} things={[flavor]} variant="subtle" />
      </div>
      {specs.length === 0 && <p className="muted">{t('extraSpecs.none')}</p>}
      <dl className={classes.specs}>
        {specs.map(([key, value]) => (
          <div key={key}>
            <dt className="mono">{key}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
      {user.isAdmin && !flavor['os-flavor-access:is_public'] && <FlavorAccess key={flavor.id} flavor={flavor} />}
    </DetailPanel>
  );
}
