import { IconCamera } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { ImageView, ServerView } from '../../../../app/contract/openstack.ts';
import { ActionButton } from '../../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { formatDateTime } from '../../../design/duration.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { ByteSize, TimeAgo } from '../../../design/Figures.tsx';
import { deleteImages } from '../../images/actions/delete-image.action.ts';
import { launchFromImage } from '../../images/actions/launch-from-image.action.ts';
import { useImages } from '../../images/hooks/use-images.ts';
import { ImageState } from '../../images/ImageState.tsx';
import { imageName } from '../../images/image-state.ts';
import { keepSafety } from '../actions/keep-safety.action.ts';
import { rebuildFrom } from '../actions/rebuild-from.action.tsx';
import { useMachineAction } from '../hooks/use-machine-actions.ts';
import { MachineTable } from '../MachineTable.tsx';
import classes from '../machines.module.css';
import { imagesOf, safetyOf } from '../safety.ts';

/** The images that were made of a machine: what each is, how large, and what can be done with it. */
export function SnapshotsTab({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const { data, error, refetch } = useImages();
  const [snapshot, backup] = [useMachineAction('snapshot'), useMachineAction('backup')];
  if (error && !data) {
    return (
      <div className={classes.notice}>
        <ErrorAlert error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (!data) return null;
  const images = imagesOf(server, data);
  if (images.length === 0) {
    return (
      <EmptyState
        icon={<IconCamera size={32} stroke={1.25} />}
        title={t('snapshots.none')}
        text={t('snapshots.noneText')}
        action={snapshot && <ActionButton action={snapshot} things={[server]} variant="filled" />}
      />
    );
  }
  const actions = [rebuildFrom(server), launchFromImage, keepSafety, deleteImages];
  return (
    <div className={classes.whole}>
      <section className={classes.card} aria-label={t('tab.snapshots')}>
        <div className={classes.cardHead}>
          <h2>{t('snapshots.count', { count: images.length })}</h2>
          <div className={classes.cardActions}>
            {snapshot && <ActionButton action={snapshot} things={[server]} variant="subtle" />}
            {backup && <ActionButton action={backup} things={[server]} variant="subtle" />}
          </div>
        </div>
        <MachineTable
          label={t('tab.snapshots')}
          heads={[
            t('name'),
            t('snapshots.kind'),
            t('state'),
            { text: t('snapshots.size'), isNumber: true },
            t('snapshots.made'),
            { hidden: t('snapshots.actions') },
          ]}
        >
          {images.map((image) => (
            <tr key={image.id}>
              <th scope="row" className={classes.breaks}>
                <Link to="/images/$id" params={{ id: image.id }}>
                  {imageName(image)}
                </Link>
              </th>
              <td>
                <Kind image={image} images={images} />
              </td>
              <td>
                <ImageState image={image} />
              </td>
              <td className="numeric" data-number>
                <ByteSize bytes={image.size} />
              </td>
              <td className={classes.noBreak}>
                <TimeAgo time={image.created_at} isInSentence />
              </td>
              <td data-number>
                <ActionMenu
                  actions={actions}
                  things={[image]}
                  label={t('snapshots.actionsOf', { name: imageName(image) })}
                />
              </td>
            </tr>
          ))}
        </MachineTable>
      </section>
    </div>
  );
}

/** What it was made as, and when it goes by itself. */
function Kind({ image, images }: { image: ImageView; images: readonly ImageView[] }) {
  const { t } = useTranslation('machines');
  const { kind, more } = kindOf(image, images, t);
  return (
    <>
      <div>{kind}</div>
      {more && <small>{more}</small>}
    </>
  );
}

function kindOf(image: ImageView, images: readonly ImageView[], t: TFunction<'machines'>) {
  const safety = safetyOf(image);
  if (safety) {
    return {
      kind: t(`snapshots.before.${safety.verb}`),
      more: t('snapshots.until', { time: formatDateTime(safety.until) }),
    };
  }
  const { image_type: type, backup_type: backupType } = image;
  if (type === 'backup' && typeof backupType === 'string') {
    const alike = images.filter((each) => each.image_type === 'backup' && each.backup_type === backupType);
    const at = alike.indexOf(image) + 1;
    return { kind: t('snapshots.backup', { type: backupType }), more: t('snapshots.of', { at, count: alike.length }) };
  }
  // As `shelve` calls its image, in Nova too.
  return { kind: t(image.name?.endsWith('-shelved') ? 'snapshots.shelved' : 'snapshots.snapshot'), more: null };
}
