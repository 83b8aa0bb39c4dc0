import { NumberInput, SimpleGrid, Switch, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { createFlavor } from '../../../api/compute.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { GibInput } from '../../../design/GibInput.tsx';
import { MemoryInput } from '../../../design/MemoryInput.tsx';
import { amountProblem, type FlavorForm, flavorNameProblem, newFlavorForm, toNewFlavor } from '../flavor-form.ts';

const FIELD_NAMES = {
  'OS-FLV-EXT-DATA:ephemeral': 'ephemeral',
  'os-flavor-access:is_public': 'isPublic',
};

export function CreateFlavorDialog(props: DialogProps) {
  const { t } = useTranslation('flavors');
  const form = useForm<FlavorForm>({
    initialValues: newFlavorForm(),
    validate: {
      name: flavorNameProblem,
      vcpus: (amount) => amountProblem(amount, 1),
      ram: (amount) => amountProblem(amount, 1),
      disk: (amount) => amountProblem(amount, 0),
      ephemeral: (amount) => amountProblem(amount, 0),
      swap: (amount) => amountProblem(amount, 0),
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('create.title')}
      form={form}
      size={520}
      submitLabel={t('create.submit')}
      fieldNames={FIELD_NAMES}
      onSubmit={(values) => createFlavor(toNewFlavor(values))}
    >
      <TextInput label={t('name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
      <SimpleGrid cols={2} spacing={12}>
        <NumberInput
          label={t('vcpus')}
          min={1}
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('vcpus')}
        />
        <MemoryInput label={t('ram')} min={1} {...form.getInputProps('ram')} />
        <GibInput label={t('disk')} hint={t('create.diskHint')} {...form.getInputProps('disk')} />
        <GibInput label={t('ephemeral')} hint={t('create.ephemeralHint')} {...form.getInputProps('ephemeral')} />
        <MemoryInput label={t('swap')} {...form.getInputProps('swap')} />
      </SimpleGrid>
      <Textarea label={t('description')} rows={2} autosize maxLength={255} {...form.getInputProps('description')} />
      <Switch
        label={t('create.public')}
        description={t(form.values.isPublic ? 'create.publicOn' : 'create.publicOff')}
        {...form.getInputProps('isPublic', { type: 'checkbox' })}
      />
    </FormDialog>
  );
}
