import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { type Aggregate, createAggregate, updateAggregate } from '../../../api/aggregate.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';

/** A new one, or the name and zone of one that is there. */
export function AggregateDialog({ aggregate, ...props }: DialogProps & { aggregate?: Aggregate }) {
  const { t } = useTranslation('aggregates');
  const before = { name: aggregate?.name ?? '', zone: aggregate?.availability_zone ?? '' };
  const form = useForm({
    initialValues: before,
    validate: {
      name: (name) => (name.trim() === '' ? t('problem.name') : null),
      zone: (zone) => {
        if (zone.includes(':')) return t('problem.colon');
        return before.zone !== '' && zone.trim() === '' ? t('problem.zoneStays') : null;
      },
    },
  });
  return (
    <FormDialog
      {...props}
      title={aggregate ? t('edit.title', { name: aggregate.name }) : t('create.title')}
      form={form}
      submitLabel={t(aggregate ? 'edit.submit' : 'create.submit')}
      fieldNames={{ availability_zone: 'zone' }}
      onSubmit={async (values) => {
        const [name, zone] = [values.name.trim(), values.zone.trim()];
        if (!aggregate) return await createAggregate(name, zone === '' ? undefined : zone);
        if (name === before.name && zone === before.zone) return;
        await updateAggregate(aggregate.id, { name, ...(zone !== before.zone && { availability_zone: zone }) });
      }}
    >
      <TextInput label={t('name')} data-autofocus autoComplete="off" maxLength={255} {...form.getInputProps('name')} />
      <TextInput
        label={t('zone')}
        description={t('zoneHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autoComplete="off"
        maxLength={255}
        {...form.getInputProps('zone')}
      />
    </FormDialog>
  );
}
