import { IconPin } from '@tabler/icons-react';
import type { ImageView } from '../../../../app/contract/openstack.ts';
import { SAFETY } from '../../../../app/contract/safety.ts';
import { updateImage } from '../../../api/image.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { safetyOf } from '../safety.ts';

/** Without its mark a safety snapshot is an image like any other, which nobody removes. */
export const keepSafety: Action<ImageView> = {
  id: 'image.keep',
  label: () => t('machines:snapshots.keep'),
  icon: IconPin,
  group: 'change',
  isMeantFor: (image) => safetyOf(image) !== null,
  can: (_, user) => mayDo('modify_image', user),
  run: async (image) => {
    const marks = Object.values(SAFETY).filter((name) => image[name] !== undefined);
    await updateImage(
      image.id,
      marks.map((name) => ({ op: 'remove', path: `/${name}` })),
    );
  },
};
