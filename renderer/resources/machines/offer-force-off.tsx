import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { getServer } from '../../api/compute.api.ts';
import type { Action } from '../../design/actions/action.ts';
import { runAction } from '../../design/actions/run-action.ts';
import { t } from '../../i18n/i18n.ts';

export const forceOffNotice = (serverId: string): string => `force-off-${serverId}`;

/** Said when a machine did not obey its power button: ask again, or pull the plug. Stays until it is answered. */
export function offerForceOff(
  server: { id: string; name: string },
  ways: { again: Action<ServerView>; forceOff: Action<ServerView> },
): void {
  const id = forceOffNotice(server.id);
  const answer = async (action: Action<ServerView>): Promise<void> => {
    notifications.hide(id);
    await runAction(action, [await getServer(server.id)]);
  };
  notifications.hide(id);
  notifications.show({
    id,
    autoClose: false,
    withBorder: true,
    title: t('machines:notOff.title', { name: server.name }),
    message: (
      <>
        <div>{t('machines:notOff.text')}</div>
        <Group gap={8} mt={8}>
          <Button variant="default" onClick={() => void answer(ways.again)}>
            {t('machines:notOff.again')}
          </Button>
          <Button variant="default" color="red" onClick={() => void answer(ways.forceOff)}>
            {ways.forceOff.label()}
          </Button>
        </Group>
      </>
    ),
  });
}
