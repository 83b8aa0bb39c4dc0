import { notifications } from '@mantine/notifications';
import { desktop } from '../api/desktop.ts';
import { ErrorAlert } from './ErrorAlert.tsx';
import classes from './notify.module.css';

const SHORT_MS = 4000;

/** Something went as asked, where the page itself does not show it. */
export function notifyDone(message: string, link: string | null = null): void {
  if (!document.hasFocus() && desktop()) {
    void desktop()?.invoke('notification:show', { title: 'Cumulet', body: message, link });
    return;
  }
  notifications.show({ message, autoClose: SHORT_MS, withBorder: true });
}

/** Stays until it is closed: an error that goes by itself was never read. */
export function notifyError(error: unknown, title?: string): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  notifications.show({
    autoClose: false,
    color: 'red',
    message: <ErrorAlert error={error} isPlain {...(title ? { title } : {})} />,
    classNames: { root: classes.error ?? '' },
  });
}
