import { IconPencil } from '@tabler/icons-react';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { t } from '../../../i18n/i18n.ts';
import { EditImageDialog } from '../dialogs/EditImageDialog.tsx';
import { mayChangeImage } from '../image-rights.ts';

export const editImage: Action<ImageView> = {
  id: 'image.edit',
  label: () => t('images:action.edit'),
  icon: IconPencil,
  group: 'change',
  can: mayChangeImage,
  run: (image) => openDialog((props) => <EditImageDialog {...props} image={image} />),
};
