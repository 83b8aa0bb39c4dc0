import { NumberInput, Radio, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { createServerGroup, type NewServerGroup } from '../../../api/server-group.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';
import { POLICIES, policyName, policyText } from '../group-policy.ts';

interface Form extends Record<string, unknown> {
  name: string;
  policy: NewServerGroup['policy'];
  most: number | '';
}

export function CreateServerGroupDialog(props: DialogProps) {
  const { t } = useTranslation('server-groups');
  const form = useForm<Form>({
    initialValues: { name: '', policy: 'anti-affinity', most: 1 },
    validate: { name: (name) => (name.trim() === '' ? t('problem.name') : null) },
  });
  return (
    <FormDialog
      {...props}
      title={t('create.title')}
      form={form}
      size={520}
      submitLabel={t('create.submit')}
      fieldNames={{ max_server_per_host: 'most' }}
      onSubmit={({ name, policy, most }) =>
        createServerGroup({
          name: name.trim(),
          policy,
          ...(policy === 'anti-affinity' && typeof most === 'number' && { rules: { max_server_per_host: most } }),
        })
      }
    >
      <TextInput label={t('name')} data-autofocus autoComplete="off" maxLength={255} {...form.getInputProps('name')} />
      <Radio.Group label={t('policy')} {...form.getInputProps('policy')}>
        <Stack gap={8} mt={4}>
          {POLICIES.map((policy) => (
            <Radio key={policy} value={policy} label={policyName(policy)} description={policyText(policy)} />
          ))}
        </Stack>
      </Radio.Group>
      {form.values.policy === 'anti-affinity' && (
        <NumberInput
          label={t('mostPerHost')}
          min={1}
          maw={200}
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('most')}
        />
      )}
      <OwnLimit resource="server_groups" adds={1} />
    </FormDialog>
  );
}
