import { Button, Modal } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorAlert } from '../ErrorAlert.tsx';
import type { DialogProps } from './dialog.store.ts';
import classes from './dialogs.module.css';
import { useServerError } from './use-server-error.ts';

export interface FormDialogProps<V extends Record<string, unknown>> extends DialogProps {
  title: string;
  form: UseFormReturnType<V>;
  submitLabel: string;
  /** The call. A rejection goes to the field it names, else above the buttons; otherwise the dialog closes. */
  onSubmit: (values: V) => Promise<unknown>;
  /** Names the API uses for the form's fields, where they differ: `{ key_name: 'key' }`. */
  fieldNames?: Record<string, string>;
  isDangerous?: boolean;
  size?: number;
  children: ReactNode;
}

/** A dialog with one form. Enter submits, Escape closes; while it runs it stays open with what was typed. */
export function FormDialog<V extends Record<string, unknown>>(props: FormDialogProps<V>) {
  const { t } = useTranslation('design');
  const refusal = useServerError(props.form, props.fieldNames);
  const [isBusy, setBusy] = useState(false);

  const submit = props.form.onSubmit(async (values) => {
    refusal.clear();
    setBusy(true);
    try {
      await props.onSubmit(values);
      props.onClose();
    } catch (failure) {
      refusal.show(failure);
    } finally {
      setBusy(false);
    }
  });

  return (
    <Modal
      opened={props.opened}
      onClose={() => !isBusy && props.onClose()}
      title={props.title}
      size={props.size ?? 440}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form ref={refusal.form} onSubmit={submit} noValidate>
        <div className={classes.form}>{props.children}</div>
        {refusal.error !== null && (
          <div className={classes.error}>
            <ErrorAlert error={refusal.error} />
          </div>
        )}
        <div className={classes.buttons}>
          <Button variant="default" disabled={isBusy} onClick={props.onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={isBusy} color={props.isDangerous ? 'red' : undefined}>
            {props.submitLabel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
