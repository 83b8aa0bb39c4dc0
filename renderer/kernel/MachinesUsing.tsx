import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../app/contract/openstack.ts';
import { formatWhere, type Where } from '../design/table/table-search.ts';
import { useServers } from './use-servers.ts';

/** How many of the project's machines use a thing, as a link to them. */
export function MachinesUsing({ isUsing, where }: { isUsing: (server: ServerView) => boolean; where: Where }) {
  const { t } = useTranslation('machines');
  const count = useServers().data?.filter(isUsing).length ?? 0;
  if (count === 0) return t('using.none');
  return (
    <Link to="/machines" search={{ where: formatWhere(where) }}>
      {t('using.some', { count })}
    </Link>
  );
}
