import { IconLock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageView, ServerView } from '../../../../app/contract/openstack.ts';
import { formatDateTime } from '../../../design/duration.ts';
import { TimeAgo } from '../../../design/Figures.tsx';
import { TagList } from '../../../design/TagList.tsx';
import type { Column } from '../../../design/table/column.ts';
import { useIsAway } from '../../../kernel/AwayHostsProvider.tsx';
import { useProjectNames } from '../../../kernel/use-project-names.ts';
import { useServers } from '../../../kernel/use-servers.ts';
import { useImages } from '../../images/hooks/use-images.ts';
import { MachineAddress } from '../MachineAddress.tsx';
import { MachineState } from '../MachineState.tsx';
import { addressesOf, describeSize, hostOf, shownStatus, statusLabel } from '../machine-state.ts';
import classes from '../machines.module.css';
import { OsIcon } from '../OsIcon.tsx';

/** The columns of the list; made anew only when images are read, a host comes or goes, or the language changes. */
export function useMachineColumns(isEverywhere = false): readonly Column<ServerView>[] {
  const { t } = useTranslation('machines');
  const images = useImages().data;
  const isAway = useIsAway();
  const projects = useProjectNames();
  const hasGroups = useServers().data?.some(({ tags = [] }) => tags.length > 0) ?? false;
  const byId = useMemo(() => new Map((images ?? []).map((image) => [image.id, image])), [images]);
  return useMemo(() => {
    const imageOf = (server: ServerView): ImageView | undefined =>
      server.image === '' ? undefined : byId.get(server.image.id);
    const imageName = (server: ServerView): string | null => {
      if (server.image === '') return null;
      return imageOf(server)?.name ?? t('imageGone');
    };
    const plain = (id: string, header: string, value: (server: ServerView) => string | null | undefined) =>
      ({ id, header, value, width: { min: 112, share: 1 }, isHidden: true }) satisfies Column<ServerView>;
    return [
      {
        id: 'name',
        header: t('name'),
        value: (server) => server.name,
        cell: (server) => (
          <Link to="/machines/$id" params={{ id: server.id }} className={classes.name} title={server.name}>
            <OsIcon of={imageOf(server)} />
            <span className="truncate">{server.name}</span>
            {server.locked && (
              <IconLock className={classes.lock} size={14} stroke={1.75} role="img" aria-label={t('lockedYes')} />
            )}
          </Link>
        ),
        width: { min: 168, share: 3 },
        isFixed: true,
      },
      ...(isEverywhere
        ? [
            {
              id: 'project',
              header: t('project'),
              value: (server: ServerView) => projects.get(server.tenant_id) ?? server.tenant_id,
              width: { min: 112, share: 1 },
              filter: {},
            },
          ]
        : []),
      {
        id: 'status',
        header: t('state'),
        value: (server) => shownStatus(server, isAway(server)),
        cell: (server) => <MachineState server={server} />,
        width: { min: 160, share: 1.4 },
        filter: { label: statusLabel },
      },
      {
        id: 'address',
        header: t('address'),
        value: (server) =>
          addressesOf(server)
            .map((each) => each.address)
            .join(' '),
        cell: (server) => <MachineAddress server={server} />,
        width: { min: 136, share: 1 },
      },
      {
        id: 'image',
        header: t('image'),
        value: imageName,
        width: { min: 112, share: 1.6 },
        ...(isEverywhere && { givesWay: 1 }),
        filter: {},
      },
      {
        id: 'flavor',
        header: t('size'),
        value: (server) => server.flavor.original_name,
        cell: (server) => (
          <span className="truncate" title={describeSize(server.flavor)}>
            {server.flavor.original_name} <span className="muted numeric">{describeSize(server.flavor)}</span>
          </span>
        ),
        width: { min: 236, share: 1 },
        givesWay: -1,
        filter: {},
      },
      { id: 'host', header: t('host'), value: hostOf, width: { min: 80, share: 1 }, filter: {} },
      {
        ...plain('groups', t('groups'), (server) => server.tags?.join(', ')),
        cell: (server) => <TagList tags={server.tags ?? []} isOneLine />,
        // Where nobody has made a group there is nothing to choose.
        ...(hasGroups && { filter: { values: (server: ServerView) => server.tags ?? [] } }),
      },
      { ...plain('key', t('key'), (server) => server.key_name), width: { min: 88, share: 1 } },
      {
        id: 'age',
        header: t('age'),
        value: (server) => server.created,
        cell: (server) => <TimeAgo time={server.created} />,
        width: 88,
        align: 'end',
        isUnsearched: true,
      },
      {
        ...plain('created', t('created'), (server) => server.created),
        cell: (server) => <span className="numeric truncate">{formatDateTime(server.created)}</span>,
        width: 184,
        isUnsearched: true,
      },
      plain('network', t('network'), (server) => Object.keys(server.addresses).join(', ')),
      plain('description', t('description'), (server) => server.description),
      {
        ...plain('id', 'ID', (server) => server.id),
        cell: (server) => <span className="mono truncate">{server.id}</span>,
        width: 288,
      },
    ];
  }, [t, byId, isAway, isEverywhere, projects, hasGroups]);
}
