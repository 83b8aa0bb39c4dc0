import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import { isNotFound } from '../../../api/cloud-error.ts';
import { ActionButton } from '../../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import type { Action } from '../../../design/actions/action.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { KeyValueList } from '../../../design/KeyValueList.tsx';
import { Page, PageHeader, Section } from '../../../design/PageHeader.tsx';
import { SubjectHistory } from '../../activity/SubjectHistory.tsx';
import { useSubjectTasks } from '../../tasks/SubjectTasksProvider.tsx';
import { TaskEntry } from '../../tasks/TaskEntry.tsx';
import { TransferEntry } from '../../tasks/TransferEntry.tsx';
import { useTransfersStore } from '../../tasks/transfers.store.ts';
import { deleteImages } from '../actions/delete-image.action.ts';
import { editImage } from '../actions/edit-image.action.tsx';
import { IMAGE_ACTIONS } from '../actions/image-actions.ts';
import { launchFromImage } from '../actions/launch-from-image.action.ts';
import { useImage } from '../hooks/use-images.ts';
import { ImageFacts } from '../ImageFacts.tsx';
import { ImageMachines } from '../ImageMachines.tsx';
import { ImageMembers } from '../ImageMembers.tsx';
import { ImageState } from '../ImageState.tsx';
import { propertiesOf } from '../image-properties.ts';
import { imageName } from '../image-state.ts';
import classes from '../images.module.css';

const BUTTONS: readonly Action<ImageView>[] = [editImage, launchFromImage, deleteImages];
const MENU = IMAGE_ACTIONS.filter((action) => !BUTTONS.includes(action));

/** Everything of one image. */
export function ImagePage() {
  const { t } = useTranslation('images');
  const { id } = useParams({ from: '/frame/images/$id' });
  const image = useImage(id);
  const back = (
    <Tooltip label={t('title')}>
      <ActionIcon component={Link} to="/images" aria-label={t('title')}>
        <IconArrowLeft size={16} />
      </ActionIcon>
    </Tooltip>
  );
  if (image.data && !isNotFound(image.error)) return <Details image={image.data} back={back} />;
  return (
    <Page>
      <PageHeader title={image.error ? t('one') : '\u00a0'} back={back} />
      {isNotFound(image.error) ? (
        <EmptyState title={t('gone')} text={t('goneText')} action={<Link to="/images">{t('toImages')}</Link>} />
      ) : (
        image.error && (
          <div className={classes.message}>
            <ErrorAlert error={image.error} onRetry={() => void image.refetch()} />
          </div>
        )
      )}
    </Page>
  );
}

function Details({ image, back }: { image: ImageView; back: ReactNode }) {
  const { t } = useTranslation('images');
  const navigate = useNavigate();
  const task = useSubjectTasks().get(image.id);
  const upload = useTransfersStore(({ transfers }) =>
    transfers.find((each) => each.id === `up:${image.id}` && each.state !== 'succeeded'),
  );
  const properties = propertiesOf(image);
  return (
    <Page isScrolling>
      <PageHeader
        title={imageName(image)}
        back={back}
        state={<ImageState image={image} />}
        actions={
          <>
            <ActionButton action={editImage} things={[image]} />
            <ActionButton action={deleteImages} things={[image]} onDone={() => void navigate({ to: '/images' })} />
            <ActionMenu actions={MENU} things={[image]} />
            <ActionButton action={launchFromImage} things={[image]} variant="filled" />
          </>
        }
      />
      {(task || upload) && (
        <ul className={classes.running}>
          {upload && <TransferEntry transfer={upload} />}
          {task && <TaskEntry task={task} />}
        </ul>
      )}
      <div className={classes.columns}>
        <ImageFacts image={image} />
        <div>
          <Section title={t('properties')}>
            {properties.length === 0 ? (
              <p className="muted">{t('noProperties')}</p>
            ) : (
              <KeyValueList pairs={properties.map(({ key, value }) => [key, value])} />
            )}
          </Section>
          {image.visibility === 'shared' && <ImageMembers image={image} />}
          <ImageMachines imageId={image.id} />
        </div>
      </div>
      <Section title={t('history')}>
        <SubjectHistory resourceType="image" resourceId={image.id} />
      </Section>
    </Page>
  );
}
