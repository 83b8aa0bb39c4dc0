import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.ts';
import { EmptyState } from '../design/EmptyState.tsx';
import type { ConsoleType } from '../kernel/console.store.ts';
import { ConsolePane, TokenConsolePane } from './ConsolePane.tsx';
import classes from './consoles.module.css';

export interface ConsoleWindowProps {
  type: ConsoleType;
  token: string | undefined;
  server: string | undefined;
  title: string | undefined;
}

/**
 * A console that fills its window. Whoever is signed in and came with a machine's id can stay for as long as they
 * like; a link with a token alone lets in anybody who has it, until it ends.
 */
export function ConsoleWindow({ type, token, server, title }: ConsoleWindowProps) {
  const { t } = useTranslation('consoles');
  const session = useSession();
  const name = title ?? t(type === 'vnc' ? 'screen' : 'terminal');
  useEffect(() => {
    document.title = name;
  }, [name]);
  if (server && session) {
    return (
      <main className={classes.window}>
        <ConsolePane serverId={server} type={type} title={name} place="window" />
      </main>
    );
  }
  if (token) {
    return (
      <main className={classes.window}>
        <TokenConsolePane token={token} type={type} title={name} />
      </main>
    );
  }
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
