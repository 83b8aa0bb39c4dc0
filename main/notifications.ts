import { Notification } from 'electron';
import { isDashboardPath } from './deep-links.ts';

/** Those on screen: one that is collected as garbage does not hear the click on it. */
const shown = new Set<Notification>();

/** A native notification; a click on it leads to `link` in the dashboard. */
export function showNotification(
  notice: { title: string; body: string; link: string | null },
  follow: (path: string) => void,
): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title: notice.title, body: notice.body });
  const { link } = notice;
  notification.on('click', () => {
    shown.delete(notification);
    if (link !== null && isDashboardPath(link)) follow(link);
  });
  notification.on('close', () => shown.delete(notification));
  shown.add(notification);
  notification.show();
}
