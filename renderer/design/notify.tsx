import { notifications } from '@mantine/notifications';
import { desktop } from '../api/desktop.ts';
import { t } from '../i18n/i18n.ts';
import { ErrorAlert } from './ErrorAlert.tsx';
import classes from './notify.module.css';

const SHORT_MS = 4000;
/** Time to read what was done and to think better of it. */
const UNDO_MS = 12_000;

/** Something went as asked, where the page itself does not show it. */
export function notifyDone(message: string, link: string | null = null): void {
  if (!document.hasFocus() && desktop()) {
    void desktop()?.invoke('notification:show', { title: 'Cumulet', body: message, link });
    return;
  }
  notifications.show({ message, autoClose: SHORT_MS, withBorder: true });
}

/** Something was done that one more call takes back. */
export function notifyWithUndo(message: string, undo: () => Promise<unknown>): void {
  const takeBack = () => void undo().catch((error: unknown) => notifyError(error, t('design:undoFailed')));
  notifyWithWay(message, { label: t('design:undo'), run: takeBack });
}

/** Something was begun, and from here there is a way to it. */
export function notifyWithWay(message: string, way: { label: string; run: () => void }): void {
  const id = notifications.show({
    autoClose: UNDO_MS,
    withBorder: true,
    message: (
      <span className={classes.undoRow}>
        <span>{message}</span>
        <button
          type="button"
          className={classes.undo}
          onClick={() => {
            notifications.hide(id);
            way.run();
          }}
        >
          {way.label}
        </button>
      </span>
    ),
  });
}

export interface ErrorNotice {
  /** Of the same one is shown only the newest. */
  id: string;
  onClose: () => void;
  /** The way on from there; closes the notice. */
  action: { label: string; run: () => void };
}

/** Stays until it is closed: an error that goes by itself was never read. */
export function notifyError(error: unknown, title?: string, notice?: ErrorNotice): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  if (!document.hasFocus() && title && notice) {
    void desktop()?.invoke('notification:show', { title: 'Cumulet', body: title, link: null });
  }
  const action = notice && {
    label: notice.action.label,
    run: () => {
      notifications.hide(notice.id);
      notice.action.run();
    },
  };
  const data = {
    ...(notice && { id: notice.id, onClose: notice.onClose }),
    autoClose: false as const,
    color: 'red',
    message: <ErrorAlert error={error} isPlain {...(title ? { title } : {})} {...(action ? { action } : {})} />,
    classNames: { root: classes.error ?? '' },
  };
  // Showing one that is shown already does nothing, changing one that is not does nothing either.
  if (notice) notifications.update(data);
  notifications.show(data);
}
