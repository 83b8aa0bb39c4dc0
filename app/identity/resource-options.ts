import { z } from 'zod';
import { UserError } from '../contract/errors.ts';

/** Keystone's `options` of domains, projects and roles. Null takes an option away. */
export const resourceOptionsSchema = z.strictObject({ immutable: z.boolean().nullable().optional() });
export const resourceOptionsView = z.object({ immutable: z.boolean().optional() });

/** What is stored after options were given: those not named stay, null takes away. */
export function mergeOptions<T extends object>(stored: T, given: object = {}): T {
  const merged = Object.entries({ ...stored, ...given }).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(merged) as T;
}

interface Protected {
  id: string;
  options: { immutable?: boolean };
}

/** 403 for a change to what is immutable, unless it does nothing but make it mutable. */
export function assertMayUpdate(
  type: string,
  { id, options }: Protected,
  change: { options?: { immutable?: boolean | null | undefined } | undefined; [attribute: string]: unknown },
): void {
  if (!options.immutable) return;
  const { immutable } = change.options ?? {};
  if (Object.keys(change).length === 1 && (immutable === false || immutable === null)) return;
  throw refuse('update', type, id);
}

export function assertMayDelete(type: string, { id, options }: Protected): void {
  if (options.immutable) throw refuse('delete', type, id);
}

function refuse(verb: string, type: string, id: string): UserError {
  return new UserError(
    'forbidden',
    `Unable to ${verb} immutable ${type} resource: ${id}. Set resource option "immutable" to false first.`,
  );
}
