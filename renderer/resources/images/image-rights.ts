import type { ImageView } from '../../../app/contract/openstack.ts';
import type { CurrentUser } from '../../api/session.ts';
import { no, type Verdict, yes } from '../../design/verdict.ts';
import { t } from '../../i18n/i18n.ts';
import { mayDo } from '../../session/rights.ts';
import { hasData } from './image-state.ts';

/** Whoever only reads in this project makes no images. */
export function mayCreateImages(user: CurrentUser): Verdict {
  return mayDo('add_image', user);
}

/** Members see a shared image and everybody a public one, but only its owner and administrators change it. */
export function mayChangeImage(image: ImageView, user: CurrentUser): Verdict {
  const right = mayDo('modify_image', user);
  if (!right.allowed) return right;
  if (!user.isAdmin && image.owner !== user.projectId) return no(t('images:reason.notOwner'));
  return yes;
}

export function mayDeleteImage(image: ImageView, user: CurrentUser): Verdict {
  const right = mayChangeImage(image, user);
  if (!right.allowed) return right;
  return image.protected ? no(t('images:reason.protected')) : yes;
}

export function mayDownloadImage(image: ImageView, user: CurrentUser): Verdict {
  if (!hasData(image)) return no(t('images:reason.noData'));
  if (image.status === 'deactivated' && !user.isAdmin) return no(t('images:reason.deactivated'));
  return yes;
}

export function mayLaunchFrom(image: ImageView, user: CurrentUser): Verdict {
  if (image.status === 'deactivated') return no(t('images:reason.deactivated'));
  if (image.status !== 'active') return no(t('images:reason.notReady'));
  return mayDo('os_compute_api:servers:create', user);
}
