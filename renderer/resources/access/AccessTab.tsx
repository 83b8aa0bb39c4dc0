import { IconUserPlus } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { ReasonedButton } from '../../design/ReasonedButton.tsx';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { AccessTable } from './AccessTable.tsx';
import classes from './access.module.css';
import { type AccessSubject, filterOf } from './access-subject.ts';
import { GiveRoleDialog } from './dialogs/GiveRoleDialog.tsx';
import { useAccessRows } from './hooks/use-access-rows.ts';

/** The roles of a person or group, or those on a project or domain, in a panel's tab. */
export function AccessTab({ subject }: { subject: AccessSubject }) {
  const { t } = useTranslation('access');
  const right = mayDo('identity:create_grant', useCurrentUser());
  const { type, id } = subject;
  const filter = useMemo(() => filterOf(type, id), [type, id]);
  const access = useAccessRows(filter);
  const button = (
    <ReasonedButton
      verdict={right}
      variant="default"
      leftSection={<IconUserPlus size={16} aria-hidden="true" />}
      onClick={() => openDialog((props) => <GiveRoleDialog {...props} subject={subject} />)}
    >
      {t('action.give')}
    </ReasonedButton>
  );
  return (
    <div className={classes.tab}>
      <div className={classes.tabHead}>
        <p className="muted">{t(`tabText.${type}`)}</p>
        {button}
      </div>
      <AccessTable
        id={`access-${type}`}
        {...access}
        hides={type === 'role' ? undefined : type === 'user' || type === 'group' ? 'who' : 'where'}
        isInAddress={false}
        emptyText={t(`noneText.${type}`)}
      />
    </div>
  );
}
