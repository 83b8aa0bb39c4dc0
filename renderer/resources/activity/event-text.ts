import { optionalText } from '../../i18n/i18n.ts';

/** `compute.instance.create.end` as "Machine launched"; a type this version does not know reads as it is named. */
export function describeEvent(type: string): string {
  return optionalText(`activity:eventName.${type}`, type);
}

export function describeResource(type: string): string {
  return optionalText(`activity:resource.${type}`, type);
}
