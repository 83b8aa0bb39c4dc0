import { SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createKeypair } from '../../../api/compute.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { downloadText } from '../../../design/download.ts';
import { t as text } from '../../../i18n/i18n.ts';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';

/** Nova's rule for names of keys, and its limit. */
const NAME = /^[a-zA-Z0-9 _.@-]{1,255}$/;
const PUBLIC_KEY =
  /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/=]{20,}( .*)?$/;

type KeyWay = 'generate' | 'import';

/** A key for the launch at hand: made here, its private half saved at once, or one's own public key. */
export function NewKeyDialog({ onMade, ...dialog }: DialogProps & { onMade: (name: string) => void }) {
  const { t } = useTranslation('launch');
  const [way, setWay] = useState<KeyWay>('generate');
  const form = useForm({
    initialValues: { name: '', publicKey: '' },
    validate: {
      name: (name: string) => (NAME.test(name.trim()) ? null : text('launch:newKey.nameProblem')),
      publicKey: (key: string) =>
        way === 'generate' || PUBLIC_KEY.test(key.trim()) ? null : text('launch:newKey.keyProblem'),
    },
  });
  const make = async (values: { name: string; publicKey: string }): Promise<void> => {
    const name = values.name.trim();
    const key = await createKeypair(name, way === 'import' ? values.publicKey.trim() : undefined);
    if (key.private_key) downloadText(`${name}.pem`, key.private_key);
    onMade(key.name);
  };
  return (
    <FormDialog
      {...dialog}
      title={t('newKey.title')}
      form={form}
      submitLabel={t(way === 'generate' ? 'newKey.generate' : 'newKey.import')}
      fieldNames={{ public_key: 'publicKey' }}
      onSubmit={make}
      size={480}
    >
      <SegmentedControl
        fullWidth
        aria-label={t('newKey.title')}
        value={way}
        onChange={(value) => setWay(value as KeyWay)}
        data={[
          { value: 'generate', label: t('newKey.wayGenerate') },
          { value: 'import', label: t('newKey.wayImport') },
        ]}
      />
      <TextInput label={t('newKey.name')} data-autofocus {...form.getInputProps('name')} />
      {way === 'import' ? (
        <Textarea
          label={t('newKey.publicKey')}
          description={t('newKey.publicKeyHint')}
          minRows={4}
          autosize
          {...form.getInputProps('publicKey')}
        />
      ) : (
        <p className="muted" style={{ margin: 0 }}>
          {t('newKey.generateHint')}
        </p>
      )}
      <OwnLimit resource="key_pairs" adds={1} />
    </FormDialog>
  );
}
