import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { desktop } from '../api/desktop.ts';
import { signInWithCode } from '../api/identity.api.ts';
import { keys } from '../api/query-keys.ts';
import type { Session } from '../api/session.ts';
import { beginProviderSignIn, listSignInProviders, signInBeside } from '../api/sign-in-provider.api.ts';
import classes from './sign-in.module.css';

/** Other places whose accounts may sign in: their page in this window, or, of the desktop app, in the browser. */
export function ProviderButtons(props: { onSignIn: (attempt: () => Promise<Session>) => Promise<void> }) {
  const { t } = useTranslation('session');
  const providers = useQuery({
    queryKey: keys.signInProviders.all,
    queryFn: ({ signal }) => listSignInProviders(signal),
  });
  const waiting = useRef<AbortController | null>(null);
  const [isWaiting, setWaiting] = useState(false);
  useEffect(() => () => waiting.current?.abort(), []);

  const begin = (provider: string): Promise<void> =>
    props.onSignIn(async () => {
      const bridge = desktop();
      if (!bridge) {
        window.location.assign(await beginProviderSignIn(provider));
        return await new Promise<Session>(() => undefined);
      }
      const abort = new AbortController();
      waiting.current = abort;
      setWaiting(true);
      try {
        const open = (url: string) => bridge.invoke('app:open-external', url);
        return await signInWithCode(await signInBeside(provider, open, abort.signal));
      } finally {
        setWaiting(false);
      }
    });

  if (!providers.data?.length) return null;
  return (
    <div className={classes.providers}>
      <div className={classes.or}>{t('or')}</div>
      {isWaiting ? (
        <>
          <p className={classes.text} role="status">
            {t('waiting')}
          </p>
          <Button variant="default" onClick={() => waiting.current?.abort()}>
            {t('stopWaiting')}
          </Button>
        </>
      ) : (
        providers.data.map(({ id, name }) => (
          <Button
            key={id}
            variant="default"
            leftSection={<IconExternalLink size={16} aria-hidden="true" />}
            onClick={() => void begin(id)}
          >
            {t('with', { name })}
          </Button>
        ))
      )}
    </div>
  );
}
