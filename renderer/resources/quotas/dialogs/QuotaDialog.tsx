import { Checkbox, NumberInput, SimpleGrid } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Quota } from '../../../../app/contract/quota.ts';
import { keys } from '../../../api/query-keys.ts';
import { type QuotaOwner, updateQuota } from '../../../api/quota.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { formatAmount, QUOTA_NAMES } from '../../../kernel/quota-names.ts';
import { changedLimits, isCounted, PERSONAL, type QuotaForm, toQuotaForm } from '../quota-form.ts';

const FIELD_NAMES = Object.fromEntries(QUOTA_NAMES.map((name) => [`limits.${name}`, name]));

interface Props extends DialogProps {
  owner: QuotaOwner;
  name: string;
  limits: Quota['limits'];
}

export function QuotaDialog({ owner, name, limits, ...props }: Props) {
  const { t } = useTranslation('quotas');
  const queries = useQueryClient();
  const before = toQuotaForm(limits);
  const form = useForm<QuotaForm & { force: boolean }>({ initialValues: { ...before, force: false } });
  return (
    <FormDialog
      {...props}
      title={t('dialog.title', { name })}
      form={form}
      size={560}
      submitLabel={t('dialog.submit')}
      fieldNames={FIELD_NAMES}
      onSubmit={async ({ force, ...values }) => {
        await updateQuota(owner, { limits: changedLimits(before, values), force });
        await queries.invalidateQueries({ queryKey: keys.quotas.all });
      }}
    >
      <SimpleGrid cols={2} spacing={12}>
        {(owner.userId === undefined ? QUOTA_NAMES : PERSONAL).map((key, index) => (
          <NumberInput
            key={key}
            label={t(`name.${key}`)}
            description={
              isCounted(key, owner) ? t('dialog.used', { used: formatAmount(key, limits[key]?.used ?? 0) }) : null
            }
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            data-autofocus={index === 0 || undefined}
            placeholder={t('unlimited')}
            min={0}
            allowDecimal={false}
            allowNegative={false}
            {...(key === 'ram' || key === 'image_size_total' ? { suffix: ' MiB' } : {})}
            {...form.getInputProps(key)}
          />
        ))}
      </SimpleGrid>
      <Checkbox label={t('dialog.force')} {...form.getInputProps('force', { type: 'checkbox' })} />
    </FormDialog>
  );
}
