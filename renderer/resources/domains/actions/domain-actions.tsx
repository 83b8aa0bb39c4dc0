import { IconCircleCheck, IconCircleOff, IconPencil, IconTrash } from '@tabler/icons-react';
import { type DomainView, updateDomain } from '../../../api/domain.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';
import { DeleteDomainDialog } from '../dialogs/DeleteDomainDialog.tsx';

/** The cloud itself lives in it: its first administrator, its services. */
const isDefault = ({ id }: DomainView): boolean => id === 'default';
export const LONGEST_DOMAIN_NAME = 64;

const editDomain: Action<DomainView> = {
  id: 'domain.edit',
  label: () => t('people:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: (_domain, me) => mayDo('identity:update_domain', me),
  run: (domain) =>
    openDialog((props) => (
      <NamedThingDialog
        {...props}
        title={t('domains:editTitle', { name: domain.name })}
        submitLabel={t('people:save')}
        thing={domain}
        longestName={LONGEST_DOMAIN_NAME}
        onSubmit={({ name, description }) => updateDomain(domain.id, { name, description })}
      />
    )),
};

const enableDomain: Action<DomainView> = {
  id: 'domain.enable',
  label: () => t('people:action.enable'),
  icon: IconCircleCheck,
  group: 'state',
  can: (domain, me) => (domain.enabled ? no(t('domains:reason.enabled')) : mayDo('identity:update_domain', me)),
  run: (domain) => updateDomain(domain.id, { enabled: true }),
};

const disableDomain: Action<DomainView> = {
  id: 'domain.disable',
  label: () => t('people:action.disable'),
  icon: IconCircleOff,
  group: 'state',
  can: (domain, me) => {
    if (!domain.enabled) return no(t('domains:reason.disabled'));
    return isDefault(domain) ? no(t('domains:reason.default')) : mayDo('identity:update_domain', me);
  },
  confirm: ([domain]) => ({
    title: t('domains:disable.title', { name: domain?.name ?? '' }),
    text: t('domains:disable.text'),
    wayBack: t('domains:disable.wayBack'),
    confirmLabel: t('people:action.disable'),
  }),
  run: (domain) => updateDomain(domain.id, { enabled: false }),
};

const deleteDomainAction: Action<DomainView> = {
  id: 'domain.delete',
  label: () => t('domains:action.delete'),
  icon: IconTrash,
  group: 'delete',
  isDangerous: true,
  can: (domain, me) => (isDefault(domain) ? no(t('domains:reason.default')) : mayDo('identity:delete_domain', me)),
  run: (domain) => openDialog((props) => <DeleteDomainDialog {...props} domain={domain} />),
};

/** In the order of menus. */
export const DOMAIN_ACTIONS: readonly Action<DomainView>[] = [
  editDomain,
  enableDomain,
  disableDomain,
  deleteDomainAction,
];
