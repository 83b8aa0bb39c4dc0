import { TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { createSubnet, type SubnetView, setSubnetTags, updateSubnet } from '../../../api/network.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';
import { addressProblem, rangeProblem } from '../address-range.ts';

/** A range of addresses of a network; the range itself stays what it was made with. */
export function SubnetDialog(props: DialogProps & { networkId: string; subnet?: SubnetView }) {
  const { networkId, subnet, ...dialog } = props;
  const { t } = useTranslation('networks');
  const form = useForm({
    initialValues: {
      name: subnet?.name ?? '',
      cidr: subnet?.cidr ?? '',
      gateway_ip: subnet?.gateway_ip ?? '',
      tags: subnet?.tags ?? [],
    },
    validate: {
      cidr: (cidr) => (subnet ? null : rangeProblem(cidr)),
      gateway_ip: (address) => (address.trim() === '' ? null : addressProblem(address)),
    },
  });
  return (
    <FormDialog
      {...dialog}
      title={subnet ? t('edit.rangeTitle', { name: subnet.cidr }) : t('create.rangeTitle')}
      form={form}
      submitLabel={t(subnet ? 'edit.submit' : 'create.submit')}
      onSubmit={async (values) => {
        const { tags } = values;
        const [name, cidr, gateway] = [values.name.trim(), values.cidr.trim(), values.gateway_ip.trim()];
        if (!subnet) {
          const own = gateway !== '' && { gateway_ip: gateway };
          await createSubnet({ network_id: networkId, name, cidr, tags, ...own });
          return;
        }
        const other = form.isDirty('gateway_ip') && { gateway_ip: gateway === '' ? null : gateway };
        await updateSubnet(subnet.id, { name, ...other });
        if (form.isDirty('tags')) await setSubnetTags(subnet.id, tags);
      }}
    >
      <TextInput label={t('name')} autoComplete="off" maxLength={255} {...form.getInputProps('name')} />
      <TextInput
        label={t('range')}
        data-autofocus={subnet ? undefined : true}
        placeholder="192.168.20.0/24"
        disabled={subnet !== undefined}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: 'mono' }}
        {...form.getInputProps('cidr')}
      />
      <TextInput
        label={t('gateway')}
        description={t(subnet ? 'edit.gatewayHint' : 'create.gatewayHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: 'mono' }}
        {...form.getInputProps('gateway_ip')}
      />
      <TagsInput label={t('tags')} maxLength={255} {...form.getInputProps('tags')} />
      {!subnet && <OwnLimit resource="subnets" adds={1} />}
    </FormDialog>
  );
}
