import type { Compilable } from 'kysely';
import type { Transaction } from './queryable.ts';

/** Parameters of statements by which {@link change} knows them again below kysely. */
const unanswered = new WeakSet<object>();

/**
 * Carries out a change whose answer nobody looks at. Where a statement is a trip to a server it goes there together with
 * the next one of the transaction: what refuses it is then told to whoever makes that one, or commits. Either way nothing
 * of the transaction is kept.
 */
export async function change(trx: Transaction, statement: Compilable): Promise<void> {
  const compiled = statement.compile();
  unanswered.add(compiled.parameters);
  await trx.executeQuery(compiled);
}

export function isUnanswered(parameters: readonly unknown[]): boolean {
  return unanswered.has(parameters);
}
