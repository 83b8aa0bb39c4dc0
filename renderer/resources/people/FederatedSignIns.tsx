import { useTranslation } from 'react-i18next';
import type { FederatedAccount } from '../../api/user.api.ts';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import classes from './people.module.css';

/** The accounts of a company that this person signs in with, where there are any. */
export function FederatedSignIns({ accounts }: { accounts: readonly FederatedAccount[] }) {
  const { t } = useTranslation('people');
  if (accounts.length === 0) return null;
  return (
    <>
      <PanelHeading>{t('federated')}</PanelHeading>
      <ul className={classes.list}>
        {accounts.flatMap(({ idp_id, protocols }) =>
          protocols.map(({ protocol_id, unique_id }) => (
            <li key={`${idp_id} ${protocol_id} ${unique_id}`}>
              <span className="mono truncate">{unique_id}</span>
              <span className="muted">
                {idp_id} · {protocol_id}
              </span>
            </li>
          )),
        )}
      </ul>
    </>
  );
}
