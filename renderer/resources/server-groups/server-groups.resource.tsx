import { IconPlus, IconStack2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { getServerGroup, listServerGroups, type ServerGroupView } from '../../api/server-group.api.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import type { Column } from '../../design/table/column.ts';
import type { Area } from '../../i18n/texts.ts';
import { defineResource } from '../../kernel/resource.ts';
import { useServers } from '../../kernel/use-servers.ts';
import { deleteServerGroups } from './actions/delete-server-group.action.ts';
import { launchIntoGroup } from './actions/launch-into-group.action.ts';
import { CreateServerGroupDialog } from './dialogs/CreateServerGroupDialog.tsx';
import { policyName, policyText } from './group-policy.ts';
import classes from './server-groups.module.css';

declare module '../../i18n/texts.ts' {
  interface Texts {
    'server-groups': Area<typeof import('../../../assets/locales/en/server-groups.json')>;
  }
}

/** Which machines are to share a host, and which are not. */
export const serverGroups = defineResource<ServerGroupView>({
  name: 'server-groups',
  icon: IconStack2,
  rule: 'os_compute_api:os-server-groups:index',
  place: { group: 'compute', order: 60 },
  api: { page: listServerGroups, show: getServerGroup },
  // Their members come and go with machines.
  events: ['server_group', 'compute.instance.create', 'compute.instance.delete'],
  label: ({ name }) => name,
  // Beside a panel in a small window the rule and the number of machines stay.
  labelWidth: 128,
  columns: useGroupColumns,
  search: true,
  panel: GroupPanel,
  actions: [launchIntoGroup, deleteServerGroups],
  create: [
    {
      id: 'create',
      icon: IconPlus,
      rule: 'os_compute_api:os-server-groups:create',
      dialog: CreateServerGroupDialog,
    },
  ],
});

function useGroupColumns(): readonly Column<ServerGroupView>[] {
  const { t } = useTranslation('server-groups');
  return useMemo(
    () => [
      {
        id: 'policy',
        header: t('policy'),
        value: ({ policy }) => policyName(policy),
        width: { min: 136, share: 2 },
        filter: {},
      },
      { id: 'members', header: t('machines'), value: ({ members }) => members.length, width: 96, align: 'end' },
      {
        id: 'most',
        header: t('mostPerHost'),
        value: (group) => mostPerHost(group),
        width: 128,
        align: 'end',
        givesWay: 1,
      },
      {
        id: 'id',
        header: 'ID',
        value: ({ id }) => id,
        cell: ({ id }) => <span className="mono truncate">{id}</span>,
        width: 280,
        isHidden: true,
      },
    ],
    [t],
  );
}

/** Machines of the group on one host; nothing where as many as there is room for. */
function mostPerHost({ policy, rules }: ServerGroupView): number | null {
  return policy === 'anti-affinity' ? (rules.max_server_per_host ?? 1) : null;
}

function GroupPanel({ thing: group }: { thing: ServerGroupView }) {
  const { t } = useTranslation('server-groups');
  const servers = useServers().data;
  return (
    <>
      <FieldList>
        <Field label="ID">
          <CopyText value={group.id} />
        </Field>
        <Field label={t('policy')}>
          {policyName(group.policy)}
          <div className="muted">{policyText(group.policy)}</div>
        </Field>
        {mostPerHost(group) !== null && <Field label={t('mostPerHost')}>{mostPerHost(group)}</Field>}
      </FieldList>
      <PanelHeading>{t('machines')}</PanelHeading>
      {group.members.length === 0 && <p className="muted">{t('noMachines')}</p>}
      <ul className={classes.members}>
        {group.members.map((id) => (
          <li key={id}>
            <Link to="/machines/$id" params={{ id }} className="truncate">
              {servers?.find((server) => server.id === id)?.name ?? id}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
