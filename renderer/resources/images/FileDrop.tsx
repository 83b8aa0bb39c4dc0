import { IconUpload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { useDropStore } from './hooks/use-file-drop.ts';
import { mayCreateImages } from './image-rights.ts';
import classes from './images.module.css';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Disk images may be dropped anywhere on the window. Without this a browser would leave the dashboard for the file. */
export function FileDrop() {
  const { t } = useTranslation('images');
  const user = useCurrentUser();
  const [isOver, setOver] = useState(false);
  const right = mayCreateImages(user);
  const isAllowed = right.allowed;
  useEffect(() => {
    // Entering a child leaves its parent: only the outermost counts.
    let depth = 0;
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const over = (event: DragEvent): void => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = isAllowed ? 'copy' : 'none';
    };
    const drop = (event: DragEvent): void => {
      depth = 0;
      setOver(false);
      if (!hasFiles(event)) return;
      // A field that takes files itself has had it already.
      const isTaken = event.defaultPrevented;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (!isTaken && isAllowed && files.length > 0) take(files);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [isAllowed]);

  if (!isOver) return null;
  return (
    <div className={classes.dropOverlay} role="status">
      <div className={classes.dropCard}>
        <IconUpload size={32} stroke={1.5} aria-hidden="true" />
        <strong>{isAllowed ? t('drop.title') : t('drop.refused')}</strong>
        <span className="muted">{right.allowed ? t('drop.text') : right.reason}</span>
      </div>
    </div>
  );
}

function take(files: File[]): void {
  const [handler] = useDropStore.getState().handlers;
  if (handler) handler(files);
  else void import('./dialogs/open-upload-dialog.tsx').then(({ openUploadDialog }) => openUploadDialog(files));
}
