import { Switch, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../../app/contract/openstack.ts';
import { createNetwork, setNetworkTags, updateNetwork } from '../../../api/network.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { rangeProblem } from '../address-range.ts';

/** A new one with its first range, or what may change of one that is there. */
export function NetworkDialog({ network, ...props }: DialogProps & { network?: NetworkView }) {
  const { t } = useTranslation('networks');
  const mayShare = mayDo(network ? 'update_network:shared' : 'create_network:shared', useCurrentUser()).allowed;
  const form = useForm({
    initialValues: {
      name: network?.name ?? '',
      description: network?.description ?? '',
      cidr: network ? '' : '192.168.10.0/24',
      shared: network?.shared ?? false,
      tags: network?.tags ?? [],
    },
    validate: {
      name: (name) => (name.trim() === '' ? t('problem.name') : null),
      cidr: (cidr) => (cidr.trim() === '' ? null : rangeProblem(cidr)),
    },
  });
  return (
    <FormDialog
      {...props}
      title={network ? t('edit.title', { name: network.name || network.id }) : t('create.title')}
      form={form}
      submitLabel={t(network ? 'edit.submit' : 'create.submit')}
      onSubmit={async ({ name, description, cidr, shared, tags }) => {
        const wanted = { name: name.trim(), description: description.trim(), ...(mayShare && { shared }) };
        if (!network) {
          await createNetwork({ ...wanted, tags }, cidr.trim() === '' ? undefined : { cidr: cidr.trim() });
          return;
        }
        await updateNetwork(network.id, wanted);
        if (form.isDirty('tags')) await setNetworkTags(network.id, tags);
      }}
    >
      <TextInput label={t('name')} data-autofocus autoComplete="off" maxLength={255} {...form.getInputProps('name')} />
      <TextInput label={t('description')} autoComplete="off" maxLength={255} {...form.getInputProps('description')} />
      {!network && (
        <TextInput
          label={t('range')}
          description={t('create.rangeHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('cidr')}
        />
      )}
      <TagsInput label={t('tags')} maxLength={255} {...form.getInputProps('tags')} />
      {mayShare && (
        <Switch
          label={t('create.shared')}
          description={t(form.values.shared ? 'create.sharedOn' : 'create.sharedOff')}
          {...form.getInputProps('shared', { type: 'checkbox' })}
        />
      )}
      {!network && <OwnLimit resource="networks" adds={1} />}
    </FormDialog>
  );
}
