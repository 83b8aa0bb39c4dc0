import { useTranslation } from 'react-i18next';
import { useHosts } from '../../kernel/use-hosts.ts';
import { hostsWithoutIsolation } from './guest-reach.ts';

/** What a machine's network reaches of the host it runs on, as far as the hosts say. */
export function GuestReach() {
  const { t } = useTranslation('networks');
  const hosts = useHosts();
  const open = hostsWithoutIsolation(hosts.data ?? []);
  if (open === null) return null;
  const text = open.length === 0 ? t('reach.closed') : t('reach.open', { hosts: open.join(', ') });
  return <p className="muted">{text}</p>;
}
