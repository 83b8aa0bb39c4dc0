import type { UseFormReturnType } from '@mantine/form';
import { explain } from '../../../app/contract/errors.ts';
import { toCloudError } from '../../api/cloud-error.ts';

/**
 * Puts a refusal beside the field it names. `field` is a path such as `server.name` or `/name`: its last part that is
 * a field of the form counts. Answers false when it names none.
 */
export function applyServerError<V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  failure: unknown,
  fieldNames: Record<string, string> = {},
): boolean {
  const error = toCloudError(failure);
  const field = formField(error.field, Object.keys(form.getValues()), fieldNames);
  if (!field) return false;
  form.setErrors({ [field]: explain(error) });
  return true;
}

export function formField(
  path: string | undefined,
  fields: readonly string[],
  fieldNames: Record<string, string> = {},
): string | undefined {
  if (!path) return undefined;
  const parts = path.split(/[./[\]]/).filter(Boolean);
  return parts
    .map((part) => fieldNames[part] ?? part)
    .reverse()
    .find((part) => fields.includes(part));
}
