import type { ConsoleType } from '../contract/console.ts';
import { nullable, type RowsOf, table, text, textOf, time } from '../database/table.ts';
import type * as declared from './console.tables.ts';

export const consoleTokens = table('console_token', {
  hash: text,
  serverId: text,
  type: textOf<ConsoleType>(),
  userId: nullable(text),
  /** Hash of the sign-in token it was asked for with: it ends with that. */
  session: nullable(text),
  expiresAt: time,
});

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
