import { PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { rescueServer } from '../../../api/compute.api.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { nameLines } from '../machine-confirmation.ts';
import { keepPassword } from '../password.store.ts';
import { verbText } from '../verb-text.ts';
import { ImageSelect } from './ImageSelect.tsx';
import type { VerbDialogProps } from './verb-dialog.ts';

/** From which image a machine starts to be repaired. */
export function RescueDialog({ offer, servers, ...dialog }: VerbDialogProps) {
  const { t } = useTranslation('machines');
  const form = useForm({ initialValues: { image: '', adminPass: '' } });
  return (
    <FormDialog
      {...dialog}
      title={verbText(offer, 'title', servers)}
      form={form}
      submitLabel={verbText(offer, 'label')}
      isDangerous
      fieldNames={{ rescue_image_ref: 'image' }}
      onSubmit={async ({ image, adminPass }) => {
        const asked = {
          ...(image !== '' && { rescue_image_ref: image }),
          ...(adminPass !== '' && { adminPass }),
        };
        await Promise.all(servers.map(async ({ id }) => keepPassword(id, await rescueServer(id, asked))));
      }}
    >
      <p>{verbText(offer, 'text', servers)}</p>
      {servers.length > 1 && (
        <ul>
          {nameLines(servers).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <ImageSelect
        label={verbText(offer, 'ask')}
        none={t('rescue.ownImage')}
        data-autofocus
        {...form.getInputProps('image')}
      />
      <PasswordInput
        label={t('rescue.adminPass')}
        description={t('rescue.adminPassHint')}
        autoComplete="new-password"
        {...form.getInputProps('adminPass')}
      />
    </FormDialog>
  );
}
