import { Select, SimpleGrid, Switch, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import { updateImage } from '../../../api/image.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { GibInput } from '../../../design/GibInput.tsx';
import { KeyValueEditor } from '../../../design/KeyValueEditor.tsx';
import { MemoryInput } from '../../../design/MemoryInput.tsx';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { DISK_FORMATS } from '../disk-format.ts';
import { amountProblem, nameProblem, propertiesProblem } from '../image-form.ts';
import { buildImagePatch, editsOf, type ImageEdits } from '../image-patch.ts';
import { imageName, visibilityData } from '../image-state.ts';

/** Amounts may be empty while one types. */
interface EditForm extends Omit<ImageEdits, 'min_disk' | 'min_ram'>, Record<string, unknown> {
  min_disk: number | '';
  min_ram: number | '';
}

/** Everything of an image that may be changed; sends only what was. */
export function EditImageDialog({ image, ...props }: DialogProps & { image: ImageView }) {
  const { t } = useTranslation(['images', 'design']);
  const user = useCurrentUser();
  const form = useForm<EditForm>({
    initialValues: { ...editsOf(image) },
    validate: {
      name: nameProblem,
      min_disk: amountProblem,
      min_ram: amountProblem,
      properties: propertiesProblem,
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('edit.title', { name: imageName(image) })}
      form={form}
      size={560}
      submitLabel={t('edit.submit')}
      onSubmit={async (values) => {
        const patch = buildImagePatch(image, {
          ...values,
          name: values.name.trim(),
          min_disk: values.min_disk === '' ? 0 : values.min_disk,
          min_ram: values.min_ram === '' ? 0 : values.min_ram,
        });
        if (patch.length > 0) await updateImage(image.id, patch);
      }}
    >
      <TextInput label={t('name')} data-autofocus {...form.getInputProps('name')} />
      <SimpleGrid cols={2} spacing={12}>
        <Select
          label={t('visibleTo')}
          data={visibilityData(user.isAdmin, image.visibility)}
          description={t(`visibilityHint.${form.values.visibility}`)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...form.getInputProps('visibility')}
        />
        <Select
          label={t('format')}
          data={[...DISK_FORMATS]}
          disabled={image.status !== 'queued'}
          description={image.status === 'queued' ? undefined : t('edit.formatFixed')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...form.getInputProps('disk_format')}
        />
        <GibInput label={t('minDisk')} {...form.getInputProps('min_disk')} />
        <MemoryInput label={t('minRam')} {...form.getInputProps('min_ram')} />
      </SimpleGrid>
      <TagsInput label={t('tags')} placeholder={t('tagsPlaceholder')} {...form.getInputProps('tags')} />
      <KeyValueEditor
        label={t('properties')}
        description={t('propertiesHint')}
        keyPlaceholder="os_distro"
        value={form.values.properties}
        onChange={(pairs) => form.setFieldValue('properties', pairs)}
        error={typeof form.errors.properties === 'string' ? form.errors.properties : undefined}
      />
      <Switch label={t('protect')} {...form.getInputProps('protected', { type: 'checkbox' })} />
      <Switch label={t('hide')} {...form.getInputProps('os_hidden', { type: 'checkbox' })} />
    </FormDialog>
  );
}
