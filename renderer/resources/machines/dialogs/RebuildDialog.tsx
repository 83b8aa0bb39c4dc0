import { Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { rebuildServer } from '../../../api/compute.api.ts';
import { type AnyResource, findResource } from '../../../kernel/resource.ts';
import { useThings } from '../../../kernel/use-things.ts';
import { useSafety } from '../hooks/use-safety.tsx';
import { checkMachineName } from '../machine-name.ts';
import { keepPassword } from '../password.store.ts';
import { type RebuildValues, toRebuild } from '../rebuild-form.ts';
import { verbText } from '../verb-text.ts';
import { ImageSelect } from './ImageSelect.tsx';
import { PasswordField } from './PasswordField.tsx';
import { VerbForm } from './VerbForm.tsx';
import type { VerbDialogProps } from './verb-dialog.ts';

/** Not one that a key may have. */
const AS_IT_IS = '\0';

/** What a machine gets with its new disks; of several machines, the image alone and what they can share. */
export function RebuildDialog({ image, ...props }: VerbDialogProps & { image?: string }) {
  const { t } = useTranslation('machines');
  const { offer, servers } = props;
  const [server] = servers;
  const only = servers.length === 1 ? server : undefined;
  const keypairs = useThings(findResource('keys') as AnyResource, { isAllAsked: true }).things ?? [];
  const { isSafe, choice } = useSafety(servers);
  const form = useForm<RebuildValues & { key: string }>({
    initialValues: {
      image: image ?? (server?.image ? server.image.id : ''),
      name: only?.name ?? '',
      keyName: undefined,
      key: AS_IT_IS,
      userData: '',
      adminPass: '',
      keepsEphemeral: false,
    },
    validate: {
      image: (chosen) => (chosen === '' ? t('rebuild.noImage') : null),
      name: (name) => (only ? checkMachineName(name) : null),
    },
  });
  return (
    <VerbForm
      {...props}
      form={form}
      size={520}
      fieldNames={{ imageRef: 'image', key_name: 'key', user_data: 'userData' }}
      each={async ({ id, name }, { key, ...values }) => {
        const keyName = key === AS_IT_IS ? undefined : key || null;
        const asked = toRebuild({ ...values, keyName, name: only ? values.name : name });
        keepPassword(id, await rebuildServer(id, asked, isSafe));
      }}
    >
      <ImageSelect
        label={verbText(offer, 'ask')}
        description={t('rebuild.imageHint')}
        data-autofocus
        {...form.getInputProps('image')}
      />
      {choice}
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
      <PasswordField {...form.getInputProps('adminPass')} />
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
    </VerbForm>
  );
}
