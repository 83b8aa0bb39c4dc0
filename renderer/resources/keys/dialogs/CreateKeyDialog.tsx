import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { createKeypair } from '../../../api/compute.api.ts';
import { type DialogProps, openDialog } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';
import { keyNameProblem } from '../ssh-public-key.ts';
import { PrivateKeyDialog } from './PrivateKeyDialog.tsx';

export interface CreateKeyDialogProps extends DialogProps {
  /** Where the new key is wanted at once, such as in the launch form. */
  onCreated?: (name: string) => void;
}

/** Has the controller make a pair; its private half is shown once. */
export function CreateKeyDialog({ onCreated, ...props }: CreateKeyDialogProps) {
  const { t } = useTranslation('keys');
  const form = useForm({
    initialValues: { name: '' },
    validate: {
      name: (name) => {
        const problem = keyNameProblem(name);
        return problem && t(`problem.name.${problem}`);
      },
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('create.title')}
      form={form}
      submitLabel={t('create.submit')}
      onSubmit={async ({ name }) => {
        const pair = await createKeypair(name.trim());
        onCreated?.(pair.name);
        openDialog((dialog) => <PrivateKeyDialog {...dialog} name={pair.name} privateKey={pair.private_key ?? ''} />);
      }}
    >
      <div className="muted">{t('create.text')}</div>
      <TextInput label={t('name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
      <OwnLimit resource="key_pairs" adds={1} />
    </FormDialog>
  );
}
