import { Button } from '@mantine/core';
import { IconPlugConnectedX, IconPower, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../design/actions/ActionButton.tsx';
import { useMachineAction } from '../resources/machines/hooks/use-machine-actions.ts';
import { useServer } from '../resources/machines/hooks/use-servers.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import type { ConsoleState } from './console-state.ts';
import classes from './consoles.module.css';

export interface ConsoleCoverProps {
  state: ConsoleState;
  serverId: string | null;
  /** What the terminal shows stays readable beneath. */
  isTransparent: boolean;
  onRetry: () => void;
}

/** Over a console that is not connected: why, and what to do. Nothing for the blink of a first connection. */
export function ConsoleCover({ state, serverId, isTransparent, onRetry }: ConsoleCoverProps) {
  const { t } = useTranslation('consoles');
  if (state.phase === 'open') return null;
  if (state.phase === 'connecting') {
    return state.attempt === 0 ? null : <Strip text={t('cover.connecting')} />;
  }
  if (state.phase === 'waiting' && isTransparent && state.why !== 'off') {
    return <Strip text={t(`cover.${state.why}`)} action={<Retry onRetry={onRetry} />} />;
  }
  return (
    <div className={classes.cover} data-transparent={isTransparent || undefined} role="status">
      <Explanation state={state} serverId={serverId} onRetry={onRetry} />
    </div>
  );
}

function Explanation({ state, serverId, onRetry }: Omit<ConsoleCoverProps, 'isTransparent'>) {
  const { t } = useTranslation('consoles');
  switch (state.phase) {
    case 'off':
      return (
        <>
          <IconPower size={32} stroke={1.5} aria-hidden="true" />
          <p className={classes.coverTitle}>{t('cover.offTitle')}</p>
          <p>{t('cover.offText')}</p>
          {serverId && <PowerOn serverId={serverId} />}
        </>
      );
    case 'cut':
      return (
        <>
          <IconPlugConnectedX size={32} stroke={1.5} aria-hidden="true" />
          <p className={classes.coverTitle}>{t('cover.cutTitle')}</p>
          <p>{t('cover.cutText')}</p>
        </>
      );
    case 'gone':
      return (
        <>
          <IconTrash size={32} stroke={1.5} aria-hidden="true" />
          <p className={classes.coverTitle}>{t('cover.goneTitle')}</p>
        </>
      );
    case 'expired':
      return (
        <>
          <IconPlugConnectedX size={32} stroke={1.5} aria-hidden="true" />
          <p className={classes.coverTitle}>{t('cover.expiredTitle')}</p>
          <p>{t('cover.expiredText')}</p>
          <Button component={Link} to="/machines" variant="default">
            {t('cover.toMachines')}
          </Button>
        </>
      );
    case 'refused':
      return (
        <>
          <IconPlugConnectedX size={32} stroke={1.5} aria-hidden="true" />
          <p className={classes.coverTitle}>{t('cover.refusedTitle')}</p>
          <p>{state.message}</p>
          <Retry onRetry={onRetry} />
        </>
      );
    case 'waiting':
      return (
        <>
          <IconPlugConnectedX size={32} stroke={1.5} aria-hidden="true" />
          <p className={classes.coverTitle}>{t(`cover.${state.why}`)}</p>
          <p>{t('cover.comesBack')}</p>
          <Retry onRetry={onRetry} />
        </>
      );
    default:
      return null;
  }
}

function Retry({ onRetry }: { onRetry: () => void }) {
  const { t } = useTranslation('consoles');
  return (
    <Button variant="default" onClick={onRetry}>
      {t('cover.retry')}
    </Button>
  );
}

/** Start or resume, whichever the machine needs. */
function PowerOn({ serverId }: { serverId: string }) {
  const server = useServer(serverId).data;
  const user = useCurrentUser();
  const [resume, start] = [useMachineAction('resume'), useMachineAction('start')];
  if (!server) return null;
  const action = resume?.can(server, user).allowed ? resume : start;
  return action && <ActionButton action={action} things={[server]} />;
}

function Strip({ text, action }: { text: string; action?: ReactNode }) {
  return (
    <div className={classes.strip} role="status">
      <span>{text}</span>
      {action}
    </div>
  );
}
