import type { Context } from '../contract/context.ts';
import type { Transaction } from '../database/database.ts';
import { badRequest, neutronFault } from './neutron.errors.ts';
import type { Described, NeutronKind, Owned, StandardRecord } from './neutron.kind.ts';

/**
 * Changes one and counts its revision, where `isNamed` or where it becomes another; a request may say of which revision it
 * speaks.
 */
export async function revise<R extends StandardRecord>(
  { records, scope }: Pick<NeutronKind<R, Owned, Described>, 'records' | 'scope'>,
  { context, id, headers, isNamed = false }: { context: Context; id: string; headers: Headers; isNamed?: boolean },
  change: (record: R, trx: Transaction) => R | Promise<R>,
): Promise<R> {
  const check = matchOf(headers);
  return await records.update(
    context,
    id,
    async (record, trx) => {
      check(record);
      const next = await change(record, trx);
      const isOther = Object.keys(records.kind.table.toDifference(record, next)).length > 0;
      if (!isNamed && !isOther) return record;
      return { ...next, revision_number: record.revision_number + 1, updated_at: new Date().toISOString() };
    },
    scope(context),
  );
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** `If-Match: revision_number=3` */
export function matchOf(headers: Headers): (record: StandardRecord) => void {
  const header = headers['if-match'];
  if (header === undefined) return () => {};
  const wanted = /^revision_number=(\d{1,9})$/.exec(String(header).trim())?.[1];
  if (wanted === undefined) throw badRequest('If-Match', 'If-Match takes revision_number=<number> and nothing else.');
  return ({ revision_number }) => {
    if (revision_number === Number(wanted)) return;
    throw neutronFault(
      'precondition_failed',
      'RevisionNumberConstraintFailed',
      `Constrained to ${wanted}, but current revision is ${revision_number}`,
    );
  };
}
