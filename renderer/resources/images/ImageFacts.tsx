import { TagsInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../app/contract/openstack.ts';
import { updateImage } from '../../api/image.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { GIB, MIB } from '../../design/byte-size.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { formatDateTime } from '../../design/duration.ts';
import { ByteSize } from '../../design/Figures.tsx';
import { notifyError } from '../../design/notify.tsx';
import { Field, FieldList, Section } from '../../design/PageHeader.tsx';
import { useProjectNames } from '../../kernel/use-project-names.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { buildImagePatch } from './image-patch.ts';
import { mayChangeImage } from './image-rights.ts';
import { visibilityLabel } from './image-state.ts';

/** What an image is, and what proves that it arrived whole. */
export function ImageFacts({ image }: { image: ImageView }) {
  const { t } = useTranslation('images');
  const user = useCurrentUser();
  const projects = useProjectNames();
  const owner = image.owner === null ? null : (projects.get(image.owner) ?? ownName(image.owner, user));
  return (
    <div>
      <Section title={t('facts')}>
        <FieldList>
          <Field label="ID">
            <CopyText value={image.id} />
          </Field>
          <Field label={t('format')}>
            {image.disk_format} {image.container_format !== 'bare' && image.container_format}
          </Field>
          <Field label={t('size')}>
            <ByteSize bytes={image.size} />
            {image.size !== null && <span className="muted numeric"> ({t('bytes', { count: image.size })})</span>}
          </Field>
          <Field label={t('virtualSize')}>
            <ByteSize bytes={image.virtual_size} />
          </Field>
          <Field label={t('minDisk')}>
            <ByteSize bytes={image.min_disk > 0 ? image.min_disk * GIB : null} />
          </Field>
          <Field label={t('minRam')}>
            <ByteSize bytes={image.min_ram > 0 ? image.min_ram * MIB : null} />
          </Field>
          <Field label={t('visibleTo')}>{visibilityLabel(image.visibility)}</Field>
          <Field label={t('owner')}>{owner ?? <CopyText value={image.owner ?? '–'} />}</Field>
          <Field label={t('protected')}>{t(image.protected ? 'yes' : 'no')}</Field>
          <Field label={t('hidden')}>{t(image.os_hidden ? 'yes' : 'no')}</Field>
          <Field label={t('created')}>{formatDateTime(image.created_at)}</Field>
          <Field label={t('updated')}>{formatDateTime(image.updated_at)}</Field>
          <Field label={t('tags')}>
            <ImageTags key={image.tags.join('\n')} image={image} />
          </Field>
        </FieldList>
      </Section>
      {image.checksum && (
        <Section title={t('checksums')}>
          <FieldList>
            {image.os_hash_value && (
              <Field label={(image.os_hash_algo ?? '').toUpperCase()}>
                <CopyText value={image.os_hash_value} />
              </Field>
            )}
            <Field label="MD5">
              <CopyText value={image.checksum} />
            </Field>
          </FieldList>
        </Section>
      )}
    </div>
  );
}

function ImageTags({ image }: { image: ImageView }) {
  const { t } = useTranslation('images');
  const user = useCurrentUser();
  const save = useMutation({
    mutationFn: (tags: string[]) => updateImage(image.id, buildImagePatch(image, { tags })),
    onSuccess: (changed) => queryClient.setQueryData(keys.images.detail(image.id), changed),
    onError: (error) => notifyError(error, t('tagsFailed')),
  });
  if (!mayChangeImage(image, user).allowed) return image.tags.join(', ') || '–';
  return (
    <TagsInput
      aria-label={t('tags')}
      placeholder={image.tags.length === 0 ? t('tagsPlaceholder') : ''}
      value={save.isPending ? save.variables : image.tags}
      onChange={(tags) => save.mutate(tags)}
      maxLength={255}
    />
  );
}

function ownName(owner: string, user: { projectId: string; projectName: string }): string | undefined {
  return owner === user.projectId ? user.projectName : undefined;
}
