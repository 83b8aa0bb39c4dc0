import { useTranslation } from 'react-i18next';
import type { GuestReport } from '../../../app/contract/guest.ts';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { useServerGuest } from './hooks/use-servers.ts';
import classes from './machines.module.css';

/** What the guest says of itself, while its machine runs. */
export function GuestCard({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const { data } = useServerGuest(server);
  if (!data || data.silence === 'off') return null;
  return (
    <section className={classes.card} aria-label={t('guest.title')}>
      <div className={classes.cardHead}>
        <h2>{t('guest.title')}</h2>
      </div>
      <div className={classes.cardBody}>
        {data.silence ? <span className="muted">{t(`guest.silence.${data.silence}`)}</span> : <Told report={data} />}
      </div>
    </section>
  );
}

function Told({ report }: { report: GuestReport }) {
  const { t } = useTranslation('machines');
  const { agentVersion, hostName, os, nics } = report;
  return (
    <FieldList>
      <Field label={t('guest.agent')}>
        {agentVersion ? t('guest.version', { version: agentVersion }) : t('guest.answers')}
      </Field>
      <Field label={t('guest.hostName')}>{hostName}</Field>
      <Field label={t('guest.os')}>
        {os?.name} {os?.kernel && <span className="muted">{os.kernel}</span>}
      </Field>
      {nics.map(({ name, addresses }) => (
        <Field key={name} label={name}>
          {addresses.map((address) => (
            <CopyText key={address} value={address} />
          ))}
        </Field>
      ))}
    </FieldList>
  );
}
