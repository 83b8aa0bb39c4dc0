import { Button, Modal, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConfirmStore } from './confirm.store.ts';
import classes from './dialogs.module.css';

/** The one confirm dialog, in the frame; opened by `askToConfirm`. */
export function ConfirmDialog() {
  const { t } = useTranslation('design');
  const asked = useConfirmStore((state) => state.asked);
  const [typed, setTyped] = useState('');
  // The texts stay while the dialog fades.
  const [last, setLast] = useState(asked);
  useEffect(() => {
    if (!asked) return;
    setLast(asked);
    setTyped('');
  }, [asked]);
  const shown = asked ?? last;
  if (!shown) return null;
  const { confirmation } = shown;
  const isReady = !confirmation.typeToConfirm || typed === confirmation.typeToConfirm;
  return (
    <Modal
      opened={asked !== null}
      onClose={() => asked?.answer(false)}
      title={confirmation.title}
      size={440}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) asked?.answer(true);
        }}
      >
        <div>{confirmation.text}</div>
        {confirmation.consequences && confirmation.consequences.length > 0 && (
          <ul className={classes.consequences}>
            {confirmation.consequences.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {confirmation.wayBack && <p className={classes.wayBack}>{confirmation.wayBack}</p>}
        {confirmation.typeToConfirm && (
          <TextInput
            mt="sm"
            label={t('typeToConfirm', { text: confirmation.typeToConfirm })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => asked?.answer(false)}>
            {t('cancel')}
          </Button>
          <Button
            type="submit"
            color={confirmation.isDangerous ? 'red' : undefined}
            disabled={!isReady}
            data-autofocus={confirmation.typeToConfirm || confirmation.isDangerous ? undefined : true}
          >
            {confirmation.confirmLabel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
