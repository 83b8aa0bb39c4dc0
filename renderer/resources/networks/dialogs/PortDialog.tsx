import { Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../../app/contract/openstack.ts';
import { createPort } from '../../../api/network.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { addressProblem, macProblem } from '../address-range.ts';
import { mayChooseAddress } from '../network-rights.ts';
import { EMPTY_PORT, NO_ADDRESS, toNewPort } from '../port-form.ts';
import { useSubnetsByNetwork } from '../use-subnets.ts';

/** Where a refusal of the API belongs in the form. */
const FIELD_NAMES = { fixed_ips: 'address', ip_address: 'address', subnet_id: 'subnet', mac_address: 'mac' };

/** A new port on a network: an address kept for a machine to come, or for a thing that is no machine. */
export function PortDialog({ network, ...props }: DialogProps & { network: NetworkView }) {
  const { t } = useTranslation('networks');
  const subnets = useSubnetsByNetwork()?.get(network.id) ?? [];
  const isFree = mayChooseAddress(network, useCurrentUser()).allowed;
  const form = useForm({
    initialValues: EMPTY_PORT,
    validate: {
      address: (address, { subnet }) =>
        subnet === NO_ADDRESS || address.trim() === '' ? null : addressProblem(address),
      mac: (mac) => (mac.trim() === '' ? null : macProblem(mac)),
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('create.portTitle', { name: network.name || network.id })}
      form={form}
      submitLabel={t('create.submit')}
      fieldNames={FIELD_NAMES}
      onSubmit={(values) => createPort(toNewPort(network.id, values))}
    >
      <TextInput label={t('name')} data-autofocus autoComplete="off" maxLength={255} {...form.getInputProps('name')} />
      <TextInput label={t('description')} autoComplete="off" maxLength={255} {...form.getInputProps('description')} />
      {subnets.length === 0 ? (
        <p className="muted">{t('noRanges')}</p>
      ) : (
        <Select
          label={t('range')}
          data={[
            { value: '', label: t('create.anyRange') },
            ...subnets.map(({ id, cidr, name }) => ({ value: id, label: name ? `${cidr} (${name})` : cidr })),
            { value: NO_ADDRESS, label: t('create.noAddress') },
          ]}
          allowDeselect={false}
          {...form.getInputProps('subnet')}
        />
      )}
      {isFree && (
        <>
          {subnets.length > 0 && form.values.subnet !== NO_ADDRESS && (
            <TextInput
              label={t('create.address')}
              placeholder={t('create.automatic')}
              autoComplete="off"
              spellCheck={false}
              classNames={{ input: 'mono' }}
              {...form.getInputProps('address')}
            />
          )}
          <TextInput
            label={t('create.mac')}
            placeholder={t('create.automatic')}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'mono' }}
            {...form.getInputProps('mac')}
          />
        </>
      )}
      <OwnLimit resource="ports" adds={1} />
    </FormDialog>
  );
}
