import { Button, FileButton, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconFile } from '@tabler/icons-react';
import { type DragEvent, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createKeypair } from '../../../api/compute.api.ts';
import { isBeingEdited } from '../../../design/being-edited.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';
import { useFileDrop } from '../../images/hooks/use-file-drop.ts';
import classes from '../keys.module.css';
import { keyNameProblem, parsePublicKey, suggestKeyName } from '../ssh-public-key.ts';

/** Public keys are a line of text; what is larger is no key, and is not read. */
const MAX_FILE_BYTES = 64 * 1024;

export interface ImportKeyDialogProps extends DialogProps {
  onCreated?: (name: string) => void;
}

/** The public half of a pair one has already: pasted, or from a `.pub` file. */
export function ImportKeyDialog({ onCreated, ...props }: ImportKeyDialogProps) {
  const { t } = useTranslation('keys');
  const [isOver, setOver] = useState(false);
  const form = useForm({
    initialValues: { name: '', public_key: '' },
    validate: {
      name: (name) => {
        const problem = keyNameProblem(name);
        return problem && t(`problem.name.${problem}`);
      },
      public_key: (text) => {
        const parsed = parsePublicKey(text);
        return typeof parsed === 'string' ? t(`problem.key.${parsed}`) : null;
      },
    },
  });
  const { setFieldValue, setFieldError, isDirty } = form;
  const take = useCallback(
    (text: string, fileName?: string): void => {
      const parsed = parsePublicKey(text);
      // A private key is not even put on the screen.
      if (parsed === 'private') {
        setFieldValue('public_key', '');
        setFieldError('public_key', t('problem.key.private'));
        return;
      }
      setFieldValue('public_key', text);
      setFieldError('public_key', typeof parsed === 'string' && text.trim() !== '' ? t(`problem.key.${parsed}`) : null);
      if (typeof parsed === 'string' || isDirty('name') || isBeingEdited('name')) return;
      setFieldValue('name', suggestKeyName(parsed, fileName));
    },
    [setFieldValue, setFieldError, isDirty, t],
  );
  const read = useCallback(
    async (file: File | null | undefined): Promise<void> => {
      if (!file) return;
      if (file.size > MAX_FILE_BYTES) setFieldError('public_key', t('problem.key.type'));
      else take(await file.text(), file.name);
    },
    [setFieldError, take, t],
  );
  useFileDrop(useCallback((files: File[]) => void read(files[0]), [read]));
  const drag = (event: DragEvent): void => setOver(event.type === 'dragover');

  return (
    <FormDialog
      {...props}
      title={t('import.title')}
      form={form}
      size={560}
      submitLabel={t('import.submit')}
      onSubmit={async (values) => {
        const pair = await createKeypair(values.name.trim(), values.public_key.trim());
        onCreated?.(pair.name);
      }}
    >
      <Textarea
        label={t('publicKey')}
        description={t('import.hint')}
        placeholder="ssh-ed25519 AAAA… you@computer"
        classNames={{ input: `mono ${isOver ? classes.over : ''}` }}
        rows={4}
        spellCheck={false}
        data-autofocus
        onDragOver={drag}
        onDragLeave={drag}
        onDrop={drag}
        {...form.getInputProps('public_key')}
        onChange={(event) => take(event.currentTarget.value)}
      />
      <FileButton accept=".pub,text/plain" onChange={(file) => void read(file)}>
        {(button) => (
          <Button
            {...button}
            variant="default"
            className={classes.choose}
            leftSection={<IconFile size={16} aria-hidden="true" />}
          >
            {t('import.choose')}
          </Button>
        )}
      </FileButton>
      <TextInput label={t('name')} autoComplete="off" {...form.getInputProps('name')} />
      <OwnLimit resource="key_pairs" adds={1} />
    </FormDialog>
  );
}
