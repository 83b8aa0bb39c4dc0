import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { HostView } from '../../../../app/contract/v1.ts';
import { changeHostService } from '../../../api/host-service.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { notifyWithUndo } from '../../../design/notify.tsx';
import { shortList } from '../../../design/short-list.ts';

/** Why hosts get no new machines from now on; what is there runs on. */
export function DisableHostDialog({ hosts, ...dialog }: DialogProps & { hosts: readonly HostView[] }) {
  const { t } = useTranslation('hosts');
  const form = useForm({ initialValues: { disabled_reason: '' } });
  const names = hosts.map(({ name }) => name);
  const each = (change: Parameters<typeof changeHostService>[1]) =>
    Promise.all(names.map((name) => changeHostService(name, change)));
  return (
    <FormDialog
      {...dialog}
      title={t('disable.title', { count: names.length, name: names[0] ?? '' })}
      form={form}
      submitLabel={t('action.disableNow')}
      onSubmit={async ({ disabled_reason }) => {
        const reason = disabled_reason.trim();
        await each({ status: 'disabled', ...(reason !== '' && { disabled_reason: reason }) });
        notifyWithUndo(t('done.disabled', { name: shortList(names) }), () => each({ status: 'enabled' }));
      }}
    >
      <p className="muted">{t('disable.text')}</p>
      <TextInput
        label={t('disable.reason')}
        description={t('disable.reasonHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data-autofocus
        autoComplete="off"
        maxLength={255}
        {...form.getInputProps('disabled_reason')}
      />
    </FormDialog>
  );
}
