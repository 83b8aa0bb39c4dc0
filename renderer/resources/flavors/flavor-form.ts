import type { NewFlavor } from '../../api/compute.api.ts';
import { t } from '../../i18n/i18n.ts';

/** What the create dialog holds; amounts are '' while their field is empty. */
export interface FlavorForm extends Record<string, unknown> {
  name: string;
  description: string;
  vcpus: number | '';
  /** MiB */
  ram: number | '';
  /** GiB */
  disk: number | '';
  /** GiB */
  ephemeral: number | '';
  /** MiB */
  swap: number | '';
  isPublic: boolean;
}

export function newFlavorForm(): FlavorForm {
  return { name: '', description: '', vcpus: 1, ram: 1024, disk: 10, ephemeral: 0, swap: 0, isPublic: true };
}

const MAX_INTEGER = 0x7fffffff;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

export function flavorNameProblem(name: string): string | null {
  if (name.trim() === '') return t('flavors:problem.nameMissing');
  if (UNPRINTABLE.test(name)) return t('flavors:problem.namePrintable');
  return name.trim().length > 255 ? t('flavors:problem.nameLong') : null;
}

/** A whole number from `least`; an empty field stands for zero where that is allowed. */
export function amountProblem(amount: number | '', least: number): string | null {
  const value = amount === '' ? 0 : amount;
  const fits = Number.isInteger(value) && value >= least && value <= MAX_INTEGER;
  return fits ? null : t('flavors:problem.amount', { least });
}

export function toNewFlavor(form: FlavorForm): NewFlavor {
  const description = form.description.trim();
  return {
    name: form.name.trim(),
    ...(description === '' ? {} : { description }),
    vcpus: form.vcpus || 0,
    ram: form.ram || 0,
    disk: form.disk || 0,
    'OS-FLV-EXT-DATA:ephemeral': form.ephemeral || 0,
    swap: form.swap || 0,
    'os-flavor-access:is_public': form.isPublic,
  };
}
