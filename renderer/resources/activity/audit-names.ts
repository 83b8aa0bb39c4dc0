import type { AuditRecord } from '../../../app/contract/audit.ts';

/** As other records tell the name of what one tells only the id of; `known` where none does. */
export function auditNames(
  records: readonly Pick<AuditRecord, 'user' | 'resource'>[],
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const names = new Map(known);
  // The newest record comes first, and its name counts.
  for (const { user, resource } of records.toReversed()) {
    for (const told of [user, resource]) {
      if (told?.id && told.name) names.set(told.id, told.name);
    }
  }
  return names;
}

/** What it is called, by its record or as `names` have it; its id where nobody knows. */
export function nameOfTold(told: AuditRecord['resource'], names: ReadonlyMap<string, string>): string | null {
  return told && (told.name ?? names.get(told.id ?? '') ?? told.id);
}
