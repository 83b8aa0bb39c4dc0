import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { desktop } from '../api/desktop.ts';
import { useSession } from '../api/session.ts';
import { ConsoleDock } from '../consoles/ConsoleDock.tsx';
import { ConfirmDialog } from '../design/dialogs/ConfirmDialog.tsx';
import { DialogHost } from '../design/dialogs/DialogHost.tsx';
import { AwayHostsProvider } from '../kernel/AwayHostsProvider.tsx';
import { ElsewherePage } from '../kernel/ElsewherePage.tsx';
import { closedEntry } from '../kernel/navigation.ts';
import { FileDrop } from '../resources/images/FileDrop.tsx';
import { useVerbs } from '../resources/machines/hooks/use-machine-actions.ts';
import { SubjectTasksProvider } from '../resources/tasks/SubjectTasksProvider.tsx';
import { NeedsRight } from '../session/NeedsRight.tsx';
import { NoProjectPage } from '../session/NoProjectPage.tsx';
import { scopeKey } from '../session/scope-choices.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import { useRights } from '../session/use-rights.ts';
import { FailedTaskNotices } from './FailedTaskNotices.tsx';
import classes from './frame.module.css';
import { Navigation } from './Navigation.tsx';
import { PaletteSlot } from './PaletteSlot.tsx';
import { ShortcutOverlay } from './ShortcutOverlay.tsx';
import { UndoNotices } from './UndoNotices.tsx';

/** Only the desktop app has a tray. */
const DesktopMachines = lazy(async () => ({
  default: (await import('../resources/machines/DesktopMachines.tsx')).DesktopMachines,
}));

/** Navigation on the left, the page in the middle, consoles below it; only the page changes with the address. */
export function Frame() {
  const { t, i18n } = useTranslation('shell');
  const rights = useRights();
  const verbs = useVerbs();
  const { pathname } = useLocation();
  const session = useSession();
  const isNowhere = session !== null && scopeKey(session) === null;
  const closed = closedEntry(pathname, useCurrentUser());
  // Two short answers of the controller: pages are made of what one may do, and nothing moves afterwards.
  if (rights.isPending || verbs.isPending) return null;
  return (
    <SubjectTasksProvider>
      <AwayHostsProvider>
        <div className={classes.frame}>
          <a className={classes.skip} href="#page">
            {t('skipToPage')}
          </a>
          <Navigation />
          <div className={classes.middle}>
            {/* Texts made outside components (columns, actions) follow the language by being made anew. */}
            <main id="page" key={i18n.language} className={classes.page} tabIndex={-1}>
              <Suspense fallback={null}>
                {isNowhere && pathname !== '/account' ? (
                  <NoProjectPage />
                ) : closed && (closed.isOfCloud || session?.project) ? (
                  <NeedsRight rule={closed.rule} title={t('closed', { page: closed.label() })}>
                    {null}
                  </NeedsRight>
                ) : closed ? (
                  <ElsewherePage page={closed.label()} />
                ) : (
                  <Outlet />
                )}
              </Suspense>
            </main>
            <ConsoleDock />
          </div>
        </div>
        <ConfirmDialog />
        <DialogHost />
        <PaletteSlot />
        <ShortcutOverlay />
        <FileDrop />
        <FailedTaskNotices key={session?.token} />
        <UndoNotices key={`undo ${session?.token}`} />
        {desktop() && (
          <Suspense fallback={null}>
            <DesktopMachines />
          </Suspense>
        )}
      </AwayHostsProvider>
    </SubjectTasksProvider>
  );
}
