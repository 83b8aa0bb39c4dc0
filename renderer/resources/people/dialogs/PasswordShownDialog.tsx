import { Button, Group, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../design/CopyText.tsx';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { Field, FieldList } from '../../../design/PageHeader.tsx';

/** A password that was made up, the only time it can be read. Closes by its button alone, or it would be lost. */
export function PasswordShownDialog(props: DialogProps & { name: string; domain: string; password: string }) {
  const { t } = useTranslation('people');
  const { opened, onClose, name, domain, password } = props;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('passwordShown.title', { name })}
      size={440}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <p>{t('passwordShown.text')}</p>
      <FieldList>
        <Field label={t('name')}>
          <CopyText value={name} />
        </Field>
        <Field label={t('domain')}>{domain}</Field>
        <Field label={t('password.label')}>
          <CopyText value={password} />
        </Field>
      </FieldList>
      <Group justify="flex-end" mt="md">
        <Button data-autofocus onClick={onClose}>
          {t('passwordShown.done')}
        </Button>
      </Group>
    </Modal>
  );
}
