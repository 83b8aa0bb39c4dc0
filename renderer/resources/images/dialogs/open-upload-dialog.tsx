import { lazy } from 'react';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';

const UploadImageDialog = lazy(async () => ({ default: (await import('./UploadImageDialog.tsx')).UploadImageDialog }));

/** One dialog a file, one after the other; without a file it asks for one. `onStarted` is told each image's id. */
export function openUploadDialog(files: readonly File[] = [], onStarted?: (imageId: string) => void): void {
  const [file, ...rest] = files;
  openDialog((props) => (
    <UploadImageDialog
      {...props}
      file={file ?? null}
      onStarted={onStarted}
      onClose={() => {
        props.onClose();
        if (rest.length > 0) openUploadDialog(rest, onStarted);
      }}
    />
  ));
}
