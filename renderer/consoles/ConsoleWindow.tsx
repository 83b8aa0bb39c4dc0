import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.ts';
import { EmptyState } from '../design/EmptyState.tsx';
import classes from './consoles.module.css';

export interface ConsoleWindowProps {
  /** Its name where the machine's is not known. */
  label: 'screen' | 'terminal';
  search: { token?: string; server?: string; title?: string };
  ofMachine: (serverId: string, title: string) => ReactNode;
  ofLink: (token: string, title: string) => ReactNode;
}

/**
 * A console that fills its window. Whoever is signed in and came with a machine's id can stay for as long as they
 * like; a link with a token alone lets in anybody who has it, until it ends.
 */
export function ConsoleWindow({ label, search: { token, server, title }, ofMachine, ofLink }: ConsoleWindowProps) {
  const { t } = useTranslation('consoles');
  const session = useSession();
  const name = title ?? t(label);
  useEffect(() => {
    document.title = name;
  }, [name]);
  if (server && session) return <main className={classes.window}>{ofMachine(server, name)}</main>;
  if (token) return <main className={classes.window}>{ofLink(token, name)}</main>;
  return (
    <main className={classes.window}>
      <EmptyState
        title={t('noLink')}
        text={t('noLinkText')}
        action={<Link to="/machines">{t('cover.toMachines')}</Link>}
      />
    </main>
  );
}
