import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createDomain, type DomainView } from '../../../api/domain.api.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { NamedThingDialog } from '../../people/dialogs/NamedThingDialog.tsx';
import { useIdentityColumns } from '../../people/hooks/use-identity-columns.tsx';
import { IdentityPage } from '../../people/IdentityPage.tsx';
import { PEOPLE_PAGES } from '../../people/people-pages.ts';
import { DOMAIN_ACTIONS, LONGEST_DOMAIN_NAME } from '../actions/domain-actions.tsx';
import { useDomains } from '../hooks/use-domains.ts';
import { DomainPanel } from './DomainPanel.tsx';

/** Separate companies or departments on one cloud, each with its own people and projects. */
export function DomainsPage() {
  const { t } = useTranslation(['domains', 'people']);
  const domains = useDomains();
  const shared = useIdentityColumns<DomainView>(PEOPLE_PAGES.domains);
  const columns = useMemo(() => [shared.name, shared.state, shared.description, shared.id], [shared]);
  return (
    <IdentityPage
      page={PEOPLE_PAGES.domains}
      id="domains"
      query={domains}
      columns={columns}
      countLabel={(count) => t('count', { count })}
      defaultSort="name"
      actions={DOMAIN_ACTIONS}
      createRule="identity:create_domain"
      onCreate={() =>
        openDialog((props) => (
          <NamedThingDialog
            {...props}
            title={t('createTitle')}
            submitLabel={t('people:create.submit')}
            longestName={LONGEST_DOMAIN_NAME}
            onSubmit={createDomain}
          />
        ))
      }
      texts={{
        create: t('create'),
        createTitle: t('createTitle'),
        search: t('search'),
        none: t('none'),
        noneText: t('noneText'),
      }}
      panel={(domain, close) => <DomainPanel domain={domain} onClose={close} />}
    />
  );
}
