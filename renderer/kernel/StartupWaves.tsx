import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { StartupOrder } from '../../app/contract/startup.ts';
import { keys } from '../api/query-keys.ts';
import { getStartupOrder } from '../api/startup.api.ts';
import { formatDuration } from '../design/duration.ts';
import { ErrorAlert } from '../design/ErrorAlert.tsx';
import { healthyText } from './startup-text.ts';
import classes from './startup-waves.module.css';

type Machine = StartupOrder['waves'][number][number];

/** In which order the machines of the project start, or those of one group: wave by wave, each with what it waits for. */
export function StartupWaves({ group, ownId }: { group?: string; ownId?: string }) {
  const { t } = useTranslation('startup');
  const order = useQuery({
    queryKey: keys.servers.startupOrder(group),
    queryFn: ({ signal }) => getStartupOrder(group, signal),
  });
  if (order.error && !order.data) return <ErrorAlert error={order.error} onRetry={() => void order.refetch()} />;
  if (!order.data) return null;
  const { waves, atOnce, settleSeconds } = order.data;
  if (waves.length === 0) return <p className="muted">{t('order.none')}</p>;
  return (
    <>
      <p className={`muted ${classes.pace}`}>
        {t('order.text')} {t('order.pace', { count: atOnce, seconds: settleSeconds })}
      </p>
      <ol className={classes.waves} aria-label={t('order.title')}>
        {waves.map((wave, index) => (
          <li key={wave.map(({ id }) => id).join()} className={classes.wave}>
            <span className={classes.number} aria-hidden="true">
              {index + 1}
            </span>
            <ul className={classes.machines} aria-label={t('order.wave', { number: index + 1 })}>
              {wave.map((machine) => (
                <WaveMachine key={machine.id} machine={machine} isOwn={machine.id === ownId} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </>
  );
}

function WaveMachine({ machine, isOwn }: { machine: Machine; isOwn: boolean }) {
  const { t } = useTranslation('startup');
  const { id, name, start, delaySeconds, after } = machine;
  const notes = [
    start === 'never' ? t('order.never') : start === 'always' ? t('order.always') : null,
    ...after.map((each) => t('order.after', { name: each.name, until: healthyText(each.healthy) })),
    delaySeconds > 0 ? t('order.delay', { time: formatDuration(delaySeconds) }) : null,
  ].filter((note) => note !== null);
  return (
    <li className={classes.machine} data-own={isOwn || undefined} data-stays={start === 'never' || undefined}>
      <Link to="/machines/$id" params={{ id }} search={{ tab: 'startup' }} className="truncate">
        {name}
      </Link>
      {notes.map((note) => (
        <span key={note} className={classes.note}>
          {note}
        </span>
      ))}
    </li>
  );
}
