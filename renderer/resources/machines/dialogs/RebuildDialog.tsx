import { Checkbox, PasswordInput, Select, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { rebuildServer } from '../../../api/compute.api.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { type AnyResource, findResource } from '../../../kernel/resource.ts';
import { useThings } from '../../../kernel/use-things.ts';
import { nameLines } from '../machine-confirmation.ts';
import { checkMachineName } from '../machine-name.ts';
import { keepPassword } from '../password.store.ts';
import { type RebuildValues, toRebuild } from '../rebuild-form.ts';
import { verbText } from '../verb-text.ts';
import { ImageSelect } from './ImageSelect.tsx';
import type { VerbDialogProps } from './verb-dialog.ts';

/** Not one that a key may have. */
const AS_IT_IS = '\0';

/** What a machine gets with its new disks; of several machines, the image alone and what they can share. */
export function RebuildDialog({ offer, servers, ...dialog }: VerbDialogProps) {
  const { t } = useTranslation('machines');
  const [server] = servers;
  const only = servers.length === 1 ? server : undefined;
  const keypairs = useThings(findResource('keys') as AnyResource, { isAllAsked: true }).things ?? [];
  const form = useForm<RebuildValues & { key: string }>({
    initialValues: {
      image: server?.image ? server.image.id : '',
      name: only?.name ?? '',
      keyName: undefined,
      key: AS_IT_IS,
      userData: '',
      adminPass: '',
      keepsEphemeral: false,
    },
    validate: {
      image: (image) => (image === '' ? t('rebuild.noImage') : null),
      name: (name) => (only ? checkMachineName(name) : null),
    },
  });
  return (
    <FormDialog
      {...dialog}
      title={verbText(offer, 'title', servers)}
      form={form}
      submitLabel={verbText(offer, 'label')}
      isDangerous
      size={520}
      fieldNames={{ imageRef: 'image', key_name: 'key', user_data: 'userData' }}
      onSubmit={async ({ key, ...values }) => {
        const keyName = key === AS_IT_IS ? undefined : key || null;
        await Promise.all(
          servers.map(async ({ id, name }) => {
            const asked = toRebuild({ ...values, keyName, name: only ? values.name : name });
            keepPassword(id, await rebuildServer(id, asked));
          }),
        );
      }}
    >
      <p>{verbText(offer, 'text', servers)}</p>
      {!only && (
        <ul>
          {nameLines(servers).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <ImageSelect
        label={verbText(offer, 'ask')}
        description={t('rebuild.imageHint')}
        data-autofocus
        {...form.getInputProps('image')}
      />
      {only && <TextInput label={t('rebuild.name')} {...form.getInputProps('name')} />}
      <Select
        label={t('rebuild.key')}
        searchable
        allowDeselect={false}
        data={[
          { value: AS_IT_IS, label: t('rebuild.keyAsIs') },
          { value: '', label: t('rebuild.keyNone') },
          ...keypairs.map(({ id }) => ({ value: id, label: id })),
        ]}
        {...form.getInputProps('key')}
      />
      <PasswordInput
        label={t('rebuild.adminPass')}
        description={t('rebuild.adminPassHint')}
        autoComplete="new-password"
        {...form.getInputProps('adminPass')}
      />
      <Textarea
        label={t('rebuild.userData')}
        description={t('rebuild.userDataHint')}
        minRows={2}
        maxRows={10}
        autosize
        spellCheck={false}
        {...form.getInputProps('userData')}
      />
      {servers.some(({ flavor }) => flavor.ephemeral > 0) && (
        <Checkbox
          label={t('rebuild.keepEphemeral')}
          description={t('rebuild.keepEphemeralHint')}
          {...form.getInputProps('keepsEphemeral', { type: 'checkbox' })}
        />
      )}
    </FormDialog>
  );
}
