import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { attachInterface } from '../../../api/interface.api.ts';
import { listNetworkNames, listPorts } from '../../../api/network.api.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';

const MOST = 1000;
/** Where a refusal of the API belongs in the form. */
const FIELD_NAMES = { net_id: 'network', port_id: 'port', fixed_ips: 'address', ip_address: 'address' };

/** A card more for a machine: in a network, with an address of choice or any, or of a port that is there. */
export function AttachCardDialog({ server, ...dialog }: DialogProps & { server: ServerView }) {
  const { t } = useTranslation('machines');
  const networks = useQuery({
    queryKey: ['networks', 'of-cards'],
    queryFn: ({ signal }) => listNetworkNames(signal),
  });
  const ports = useQuery({
    queryKey: ['networks', 'free-ports'],
    queryFn: ({ signal }) => listPorts({ device_id: '', limit: MOST }, signal),
  });
  const form = useForm({
    initialValues: { by: 'network', network: '', port: '', address: '', tag: '' },
    validate: {
      network: (network, { by }) => (by === 'network' && network === '' ? t('cards.chooseNetwork') : null),
      port: (port, { by }) => (by === 'port' && port === '' ? t('cards.choosePort') : null),
    },
  });
  const { by, network, port, address, tag } = form.values;
  const submit = async (): Promise<void> => {
    const wanted =
      by === 'port'
        ? { port_id: port }
        : { net_id: network, ...(address.trim() !== '' && { fixed_ips: [{ ip_address: address.trim() }] }) };
    await attachInterface(server.id, { ...wanted, ...(tag.trim() !== '' && { tag: tag.trim() }) });
    await queryClient.invalidateQueries({ queryKey: keys.servers.interfaces(server.id) });
  };
  return (
    <FormDialog
      {...dialog}
      title={t('cards.attachTitle', { name: server.name })}
      form={form}
      submitLabel={t('cards.attach')}
      fieldNames={FIELD_NAMES}
      onSubmit={submit}
    >
      <SegmentedControl
        data={[
          { value: 'network', label: t('cards.byNetwork') },
          { value: 'port', label: t('cards.byPort') },
        ]}
        {...form.getInputProps('by')}
      />
      {by === 'network' ? (
        <>
          <Select
            label={t('cards.network')}
            data={(networks.data ?? []).map(({ id, name }) => ({ value: id, label: name || id }))}
            searchable
            data-autofocus
            {...form.getInputProps('network')}
          />
          <TextInput
            label={t('cards.address')}
            description={t('cards.addressHint')}
            autoComplete="off"
            {...form.getInputProps('address')}
          />
          <OwnLimit resource="ports" adds={1} />
        </>
      ) : (
        <Select
          label={t('cards.port')}
          description={ports.data?.length === 0 ? t('cards.noPorts') : undefined}
          data={(ports.data ?? []).map(({ id, name, fixed_ips }) => ({
            value: id,
            label: [name || id, ...fixed_ips.map((each) => each.ip_address)].join(' · '),
          }))}
          searchable
          {...form.getInputProps('port')}
        />
      )}
      <TextInput
        label={t('cards.tag')}
        description={t('cards.tagHint')}
        autoComplete="off"
        maxLength={60}
        {...form.getInputProps('tag')}
      />
    </FormDialog>
  );
}
