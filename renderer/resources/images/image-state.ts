import type { ImageStatus, ImageView } from '../../../app/contract/openstack.ts';
import type { StateTone } from '../../design/StateBadge.tsx';
import { t } from '../../i18n/i18n.ts';

export const IMAGE_TONES: Record<ImageStatus, StateTone> = {
  queued: 'stopped',
  saving: 'busy',
  uploading: 'busy',
  importing: 'busy',
  active: 'running',
  killed: 'failed',
  deleted: 'stopped',
  pending_delete: 'stopped',
  deactivated: 'paused',
};

const VISIBILITIES = ['private', 'shared', 'public', 'community'] as const;

export const statusLabel = (status: string): string => t(`images:status.${status as ImageStatus}`);
export const visibilityLabel = (visibility: string): string =>
  t(`images:visibility.${visibility as ImageView['visibility']}`);

export function imageName(image: Pick<ImageView, 'id' | 'name'>): string {
  return image.name || image.id;
}

/** Bytes that can be read: of an image that is ready, or was taken out of use. */
export function hasData(image: ImageView): boolean {
  return image.status === 'active' || image.status === 'deactivated';
}

/** Choices of who sees an image; only administrators may open one to everybody. */
export function visibilityData(isAdmin: boolean, current?: ImageView['visibility']): VisibilityChoice[] {
  return VISIBILITIES.map((value) => ({
    value,
    label: visibilityLabel(value),
    disabled: value === 'public' && !isAdmin && current !== 'public',
  }));
}

interface VisibilityChoice {
  value: ImageView['visibility'];
  label: string;
  disabled: boolean;
}
