import { Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import { updateFlavor } from '../../../api/compute.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';

export function DescribeFlavorDialog({ flavor, ...props }: DialogProps & { flavor: FlavorView }) {
  const { t } = useTranslation('flavors');
  const form = useForm({ initialValues: { description: flavor.description ?? '' } });
  return (
    <FormDialog
      {...props}
      title={t('describe.title', { name: flavor.name })}
      form={form}
      submitLabel={t('save')}
      onSubmit={({ description }) => updateFlavor(flavor.id, description.trim() === '' ? null : description.trim())}
    >
      <Textarea
        label={t('description')}
        maxLength={255}
        rows={3}
        data-autofocus
        {...form.getInputProps('description')}
      />
    </FormDialog>
  );
}
