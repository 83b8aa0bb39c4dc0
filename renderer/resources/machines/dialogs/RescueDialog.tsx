import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { rescueServer } from '../../../api/compute.api.ts';
import { keepPassword } from '../password.store.ts';
import { verbText } from '../verb-text.ts';
import { ImageSelect } from './ImageSelect.tsx';
import { PasswordField } from './PasswordField.tsx';
import { VerbForm } from './VerbForm.tsx';
import type { VerbDialogProps } from './verb-dialog.ts';

/** From which image a machine starts to be repaired. */
export function RescueDialog(props: VerbDialogProps) {
  const { t } = useTranslation('machines');
  const form = useForm({ initialValues: { image: '', adminPass: '' } });
  return (
    <VerbForm
      {...props}
      form={form}
      isDangerous
      fieldNames={{ rescue_image_ref: 'image' }}
      each={async ({ id }, { image, adminPass }) => {
        const asked = {
          ...(image !== '' && { rescue_image_ref: image }),
          ...(adminPass !== '' && { adminPass }),
        };
        keepPassword(id, await rescueServer(id, asked));
      }}
    >
      <ImageSelect
        label={verbText(props.offer, 'ask')}
        none={t('rescue.ownImage')}
        data-autofocus
        {...form.getInputProps('image')}
      />
      <PasswordField {...form.getInputProps('adminPass')} />
    </VerbForm>
  );
}
