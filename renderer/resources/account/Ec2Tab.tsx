import { ActionIcon, Tooltip } from '@mantine/core';
import { IconEye, IconEyeOff, IconKey } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createEc2Credential, listEc2Credentials } from '../../api/account.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import type { Session } from '../../api/session.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { EmptyState } from '../../design/EmptyState.tsx';
import { notifyError } from '../../design/notify.tsx';
import { ReasonedButton } from '../../design/ReasonedButton.tsx';
import type { Column } from '../../design/table/column.ts';
import { DataTable } from '../../design/table/DataTable.tsx';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { useProjectNames } from '../../session/use-own-scopes.ts';
import classes from './account.module.css';
import { deleteEc2Pairs, type Ec2Pair } from './actions/delete-ec2-pair.action.ts';

const ACTIONS = [deleteEc2Pairs];

/** Pairs of access key and secret for programs that sign requests as Amazon's do. */
export function Ec2Tab({ session }: { session: Session }) {
  const { t } = useTranslation('account');
  const { user, project } = session;
  const pairs = useQuery({ queryKey: keys.account.ec2, queryFn: () => listEc2Credentials(user.id) });
  const rows = useMemo(() => pairs.data?.map((pair) => ({ ...pair, id: pair.access })), [pairs.data]);
  const create = useMutation({
    mutationFn: (projectId: string) => createEc2Credential(user.id, projectId),
    onError: (error) => notifyError(error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.account.ec2 }),
  });
  const mayCreate = mayDo('identity:ec2_create_credential', useCurrentUser());
  const projectNames = useProjectNames();
  const columns = useMemo<Column<Ec2Pair>[]>(
    () => [
      {
        id: 'access',
        header: t('ec2.access'),
        value: ({ access }) => access,
        cell: ({ access }) => <CopyText value={access} />,
        width: { min: 300, share: 1 },
        isFixed: true,
      },
      {
        id: 'secret',
        header: t('ec2.secret'),
        value: () => null,
        cell: ({ secret }) => <HiddenText value={secret} />,
        width: { min: 320, share: 1 },
        isUnsortable: true,
        isUnsearched: true,
      },
      {
        id: 'project',
        header: t('profile.project'),
        value: ({ tenant_id }) => tenant_id && (projectNames.get(tenant_id) ?? tenant_id),
        width: { min: 120, share: 1 },
        filter: {},
      },
    ],
    [t, projectNames],
  );
  return (
    <>
      <div className={classes.tabHead}>
        <p className="muted">{project ? t('ec2.text', { project: project.name }) : t('needsProject')}</p>
        {project && (
          <ReasonedButton
            verdict={mayCreate}
            variant="default"
            loading={create.isPending}
            onClick={() => create.mutate(project.id)}
          >
            {t('ec2.create')}
          </ReasonedButton>
        )}
      </div>
      <DataTable
        id="ec2-credentials"
        label={t('tab.ec2')}
        columns={columns}
        rows={rows}
        error={pairs.error}
        onRetry={() => void pairs.refetch()}
        countLabel={(count) => t('ec2.count', { count })}
        searchLabel={t('ec2.search')}
        defaultSort="access"
        actions={ACTIONS}
        isInAddress={false}
        empty={<EmptyState icon={<IconKey size={32} stroke={1.5} />} title={t('ec2.none')} />}
      />
    </>
  );
}

/** A secret that whoever looks over one's shoulder need not see. */
function HiddenText({ value }: { value: string }) {
  const { t } = useTranslation('account');
  const [isShown, setShown] = useState(false);
  const label = t(isShown ? 'ec2.hide' : 'ec2.show');
  const EyeIcon = isShown ? IconEyeOff : IconEye;
  return (
    <span className={classes.hidden}>
      {isShown ? <CopyText value={value} /> : <span className="muted">{'•'.repeat(16)}</span>}
      <Tooltip label={label}>
        <ActionIcon size={20} aria-label={label} onClick={() => setShown(!isShown)}>
          <EyeIcon size={14} aria-hidden="true" />
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
