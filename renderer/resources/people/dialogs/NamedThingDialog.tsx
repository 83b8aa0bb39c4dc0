import { Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { DomainSelect } from '../../domains/DomainSelect.tsx';
import { nameProblem } from '../user-form.ts';

export type NamedThing = {
  name: string;
  description: string;
};

export interface NamedThingDialogProps extends DialogProps {
  title: string;
  submitLabel: string;
  /** What it is called now; nothing for one that is to be made. */
  thing?: { name: string; description?: string | null };
  /** Offers the domain to make it in, beginning with this one. */
  domainId?: string;
  /** Keystone's limit of the name, where it is not 255. */
  longestName?: number;
  onSubmit: (values: NamedThing & { domain_id?: string }) => Promise<unknown>;
}

interface NamedThingForm extends Record<string, unknown> {
  name: string;
  description: string;
  domainId: string;
}

/** Name and description: all that groups, roles and domains are made of. */
export function NamedThingDialog(props: NamedThingDialogProps) {
  const { t } = useTranslation('people');
  const { opened, onClose, title, submitLabel, thing, domainId, longestName, onSubmit } = props;
  const form = useForm<NamedThingForm>({
    initialValues: { name: thing?.name ?? '', description: thing?.description ?? '', domainId: domainId ?? '' },
    validate: { name: (name) => nameProblem(name, longestName) },
  });
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={title}
      form={form}
      submitLabel={submitLabel}
      fieldNames={{ domain_id: 'domainId' }}
      onSubmit={(values) =>
        onSubmit({
          name: values.name.trim(),
          description: values.description.trim(),
          ...(domainId === undefined ? {} : { domain_id: values.domainId }),
        })
      }
    >
      <TextInput label={t('name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
      {domainId !== undefined && <DomainSelect {...form.getInputProps('domainId')} />}
      <Textarea label={t('description')} rows={2} autosize {...form.getInputProps('description')} />
    </FormDialog>
  );
}
