import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Backups, LastBackup } from '../../../app/contract/backup.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { formatDateTime } from '../../design/duration.ts';
import { ByteSize, TimeAgo } from '../../design/Figures.tsx';
import { Field, FieldList, Section } from '../../design/PageHeader.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { formatNumber } from '../../i18n/formatters.ts';
import classes from './backups.module.css';

/** What is named of a long list. */
const NAMED = 5;

/** When the last backup was, what it lacks, how the database is copied, and how to go back. */
export function BackupSummary({ backups }: { backups: Backups | undefined }) {
  const { t } = useTranslation('backups');
  const { last, databaseCopies } = backups ?? {};
  const newest = databaseCopies?.[0];
  return (
    <div className={classes.summary}>
      <Section title={t('last')}>
        {last === undefined ? (
          // Room for three fields, as most have.
          <Skeleton h={80} />
        ) : last === null ? (
          <p className="muted">{t('never')}</p>
        ) : (
          <Last last={last} />
        )}
      </Section>
      <Section title={t('copies')}>
        {databaseCopies === undefined ? (
          <Skeleton h={20} />
        ) : newest === undefined ? (
          <p className="muted">{t('noCopies')}</p>
        ) : (
          <p>{t('copiesText', { count: databaseCopies.length, time: formatDateTime(newest) })}</p>
        )}
      </Section>
      <Section title={t('restore')}>
        <p className="muted">{t('restoreText')}</p>
        <CopyText value={`cumulet restore ${last?.file ?? 'FILE'} --data-dir FOLDER`} />
      </Section>
    </div>
  );
}

function Last({ last }: { last: LastBackup }) {
  const { t } = useTranslation('backups');
  const { notIncluded } = last;
  return (
    <FieldList>
      <Field label={t('made')}>
        <span className={classes.line}>
          <span className="numeric">
            {formatDateTime(last.createdAt)}{' '}
            <span className="muted">
              (<TimeAgo time={last.createdAt} isInSentence />)
            </span>
          </span>
          <ByteSize bytes={last.size} />
          <StateBadge
            tone={last.isEncrypted ? 'running' : 'warning'}
            label={t(last.isEncrypted ? 'encrypted' : 'plain')}
          />
        </span>
      </Field>
      <Field label={t('file')}>
        <CopyText value={last.file} />
      </Field>
      <Field label={t('disks')}>{formatNumber(last.machines)}</Field>
      {notIncluded.length > 0 && (
        <Field label={t('missing')}>
          <ul className={classes.missing}>
            {notIncluded.slice(0, NAMED).map(({ id, name, reason }) => (
              <li key={id}>
                {name ?? id} <span className="muted">{t(`reason.${reason}`)}</span>
              </li>
            ))}
            {notIncluded.length > NAMED && <li>{t('more', { count: notIncluded.length - NAMED })}</li>}
          </ul>
        </Field>
      )}
    </FieldList>
  );
}
