import { Fragment, Suspense } from 'react';
import { closeDialog, useDialogStore } from './dialog.store.ts';

/** Where dialogs opened by `openDialog` live, in the frame. */
export function DialogHost() {
  const dialogs = useDialogStore((state) => state.dialogs);
  return (
    <Suspense fallback={null}>
      {dialogs.map((dialog) => (
        <Fragment key={dialog.key}>
          {dialog.render({ opened: dialog.isOpen, onClose: () => closeDialog(dialog.key) })}
        </Fragment>
      ))}
    </Suspense>
  );
}
