import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { CopyText } from '../../../design/CopyText.tsx';
import { formatDateTime } from '../../../design/duration.ts';
import { TimeAgo } from '../../../design/Figures.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { useImages } from '../../images/hooks/use-images.ts';
import { CancelTaskButton } from '../../tasks/CancelTaskButton.tsx';
import { useSubjectTasks } from '../../tasks/SubjectTasksProvider.tsx';
import { describeTask } from '../../tasks/task-text.ts';
import { GuestCard } from '../GuestCard.tsx';
import { describeSize, hostOf } from '../machine-state.ts';
import { utcTime } from '../machine-time.ts';
import classes from '../machines.module.css';
import { NetworkCards } from '../NetworkCards.tsx';
import { OsIcon } from '../OsIcon.tsx';
import { ReachCard } from '../ReachCard.tsx';
import { ScreenThumbnail } from '../ScreenThumbnail.tsx';
import { TaskSteps } from '../TaskSteps.tsx';

export function OverviewTab({ server, onScreen }: { server: ServerView; onScreen: () => void }) {
  const user = useCurrentUser();
  return (
    <div className={classes.overview}>
      <div className={classes.column}>
        <CurrentTask serverId={server.id} />
        <Facts server={server} />
        <Metadata metadata={server.metadata} />
      </div>
      <div className={classes.column}>
        {mayDo('v1:servers:screenshot', user).allowed && <ScreenThumbnail server={server} onOpen={onScreen} />}
        <ReachCard server={server} />
        {mayDo('v1:servers:guest', user).allowed && <GuestCard server={server} />}
        {mayDo('os_compute_api:os-attach-interfaces:list', user).allowed && <NetworkCards server={server} />}
      </div>
    </div>
  );
}

function CurrentTask({ serverId }: { serverId: string }) {
  const task = useSubjectTasks().get(serverId);
  if (!task) return null;
  return (
    <section className={classes.card} aria-label={describeTask(task)}>
      <div className={classes.cardHead}>
        <h2>{describeTask(task)}</h2>
        {task.cancellable && <CancelTaskButton task={task} variant="subtle" />}
      </div>
      <div className={classes.cardBody}>
        <TaskSteps task={task} />
      </div>
    </section>
  );
}

function Facts({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const images = useImages().data;
  const imageId = server.image === '' ? null : server.image.id;
  const image = images?.find((each) => each.id === imageId);
  return (
    <section className={classes.card}>
      <div className={classes.cardHead}>
        <h2>{t('facts')}</h2>
      </div>
      <div className={classes.cardBody}>
        <FieldList>
          {server.description && <Field label={t('description')}>{server.description}</Field>}
          <Field label={t('image')}>
            {imageId && (
              <Link to="/images/$id" params={{ id: imageId }} className={classes.titleRow}>
                <OsIcon of={image} />
                <span className="truncate" title={image?.name ?? undefined}>
                  {image?.name ?? (images ? t('imageGone') : imageId)}
                </span>
              </Link>
            )}
          </Field>
          <Field label={t('size')}>
            {server.flavor.original_name} <span className="muted numeric">{describeSize(server.flavor)}</span>
          </Field>
          <Field label={t('key')}>
            {server.key_name && (
              <Link to="/$resource" params={{ resource: 'keys' }} search={{ panel: server.key_name }}>
                {server.key_name}
              </Link>
            )}
          </Field>
          <Field label={t('host')}>{hostOf(server) && <Link to="/hosts">{hostOf(server)}</Link>}</Field>
          <Field label={t('created')}>
            {formatDateTime(server.created)}{' '}
            <span className="muted">
              (<TimeAgo time={server.created} isInSentence />)
            </span>
          </Field>
          <Field label={t('launched')}>
            {server['OS-SRV-USG:launched_at'] && formatDateTime(utcTime(server['OS-SRV-USG:launched_at']))}
          </Field>
          <Field label="ID">
            <CopyText value={server.id} />
          </Field>
          {server.locked && <Field label={t('locked')}>{t('lockedYes')}</Field>}
        </FieldList>
      </div>
    </section>
  );
}

function Metadata({ metadata }: { metadata: Record<string, string> }) {
  const { t } = useTranslation('machines');
  const entries = Object.entries(metadata);
  if (entries.length === 0) return null;
  return (
    <section className={classes.card}>
      <div className={classes.cardHead}>
        <h2>{t('metadata')}</h2>
      </div>
      <div className={classes.cardBody}>
        <FieldList>
          {entries.map(([name, value]) => (
            <Field key={name} label={name}>
              <CopyText value={value} />
            </Field>
          ))}
        </FieldList>
      </div>
    </section>
  );
}
