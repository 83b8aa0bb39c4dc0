import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import type { RowProgress } from '../../../design/table/TableRow.tsx';
import { rowProgressOf, useSubjectTasks } from '../../tasks/SubjectTasksProvider.tsx';
import { useTransfersStore } from '../../tasks/transfers.store.ts';

/** How far each image's upload or import is: uploads of this window exactly, those of others as under way. */
export function useImageProgress(): (image: ImageView) => RowProgress | null {
  const { t } = useTranslation('images');
  const tasks = useSubjectTasks();
  const transfers = useTransfersStore((state) => state.transfers);
  const running = new Map(
    transfers.filter((each) => each.direction === 'up' && each.state === 'running').map((each) => [each.imageId, each]),
  );
  return (image) => {
    const upload = running.get(image.id);
    if (upload) return { fraction: upload.size === 0 ? null : upload.done / upload.size, label: t('status.saving') };
    const task = rowProgressOf(tasks.get(image.id));
    if (task) return task;
    return image.status === 'saving' ? { fraction: null, label: t('status.saving') } : null;
  };
}
