import type { ConsoleType } from '../../app/contract/console.ts';
import { CloudError } from '../api/cloud-error.ts';
import { desktop } from '../api/desktop.ts';
import { t } from '../i18n/i18n.ts';

const FEATURES = 'popup,width=1040,height=820';

/** The console in a window of its own; brings it to the front where it is open already. */
export async function openConsoleWindow({
  serverId,
  type,
  title,
}: {
  serverId: string;
  type: ConsoleType;
  title: string;
}): Promise<void> {
  const bridge = desktop();
  if (bridge) return bridge.invoke('console:open', { serverId, type, title });
  // Opened from here it gets a copy of this tab's sign-in, so it can ask for tokens by itself.
  const address = `/console/${type}?${new URLSearchParams({ server: serverId, title })}`;
  const opened = window.open(address, `cumulet-${type}-${serverId}`, FEATURES);
  if (opened) return opened.focus();
  throw new CloudError(t('consoles:windowBlocked'), {
    status: 0,
    code: 'conflict',
    origin: 'user',
    hint: t('consoles:windowBlockedHint'),
  });
}
