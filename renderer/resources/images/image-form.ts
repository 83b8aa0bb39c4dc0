import type { ImageView } from '../../../app/contract/openstack.ts';
import type { NewImage } from '../../api/image.api.ts';
import { doubledKey, type KeyValue } from '../../design/KeyValueEditor.tsx';
import { t } from '../../i18n/i18n.ts';
import type { DiskFormat } from './disk-format.ts';
import { isAttribute } from './image-properties.ts';

/** What the upload dialog holds. */
export interface UploadForm extends Record<string, unknown> {
  name: string;
  format: DiskFormat;
  visibility: ImageView['visibility'];
  /** GiB */
  minDisk: number | '';
  /** MiB */
  minRam: number | '';
  isProtected: boolean;
  tags: string[];
  properties: KeyValue[];
}

export function newUploadForm(): UploadForm {
  return {
    name: '',
    format: 'qcow2',
    visibility: 'private',
    minDisk: 0,
    minRam: 0,
    isProtected: false,
    tags: [],
    properties: [],
  };
}

/** The largest whole number the Image API takes. */
const MAX_INTEGER = 0x7fffffff;

export function nameProblem(name: string): string | null {
  if (name.trim() === '') return t('images:problem.nameMissing');
  return [...name].length > 255 ? t('images:problem.nameLong') : null;
}

export function amountProblem(amount: number | ''): string | null {
  if (amount === '') return null;
  return Number.isInteger(amount) && amount >= 0 && amount <= MAX_INTEGER ? null : t('images:problem.amount');
}

export function propertiesProblem(properties: readonly KeyValue[]): string | null {
  const twice = doubledKey(properties);
  if (twice !== undefined) return t('design:pairs.twice', { name: twice });
  const nameless = properties.some(({ key, value }) => key.trim() === '' && value !== '');
  if (nameless) return t('images:problem.propertyName');
  const taken = properties.find(({ key }) => isAttribute(key.trim()));
  return taken ? t('images:problem.attribute', { name: taken.key.trim() }) : null;
}

export function toNewImage(form: UploadForm): NewImage {
  const properties = form.properties.flatMap(({ key, value }) => (key.trim() === '' ? [] : [[key.trim(), value]]));
  return {
    ...Object.fromEntries(properties),
    name: form.name.trim(),
    disk_format: form.format,
    container_format: 'bare',
    visibility: form.visibility,
    min_disk: form.minDisk === '' ? 0 : form.minDisk,
    min_ram: form.minRam === '' ? 0 : form.minRam,
    protected: form.isProtected,
    ...(form.tags.length > 0 ? { tags: form.tags } : {}),
  };
}

/** Names the API uses for the form's fields. */
export const UPLOAD_FIELD_NAMES = {
  disk_format: 'format',
  min_disk: 'minDisk',
  min_ram: 'minRam',
  protected: 'isProtected',
};
