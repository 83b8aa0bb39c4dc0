import { textOf } from '../i18n/i18n.ts';
import type { AnyResource } from './resource.ts';

/** What every resource says in its own area of texts, and with `create` or `import` also `<id>.action` and `<id>.title`. */
export const RESOURCE_TEXTS = ['title', 'name', 'search', 'none', 'noneText', 'count'] as const;
export type ResourceText = (typeof RESOURCE_TEXTS)[number] | `${'create' | 'import'}.${'action' | 'title'}`;

export function resourceText(
  { name }: Pick<AnyResource, 'name'>,
  text: ResourceText,
  values?: Record<string, unknown>,
): string {
  return textOf(name, text, values);
}
