import type { StartAfter, StartChoice } from '../../contract/startup.ts';
import {
  column,
  integer,
  json,
  nullable,
  type RecordOf,
  type RowsOf,
  smallTable,
  table,
  text,
  textOf,
  time,
} from '../../database/table.ts';
import type * as declared from './startup.tables.ts';

/** How a server starts with its host; one of which nothing is said has no row. */
export const startups = table('compute_server_startup', {
  serverId: text,
  projectId: text,
  start: nullable(textOf<StartChoice>()),
  order: column('start_order', nullable(integer)),
  delaySeconds: integer,
  after: column('start_after', json<StartAfter[]>()),
});
export type StartupRecord = RecordOf<typeof startups>;

/** The boot of a host after which its machines were started. */
export const hostBoots = smallTable('compute_host_boot', { hostId: text, bootId: text }, 'one for each host');

/**
 * `working`: it was ordered. `done`, `failed`: what became of the order. `left`: it was none of this task's business when
 * its turn came, as `note` says.
 */
export type TurnState = 'waiting' | 'working' | 'done' | 'failed' | 'left';

/** A machine that a task starts or stops among others. */
export const turns = smallTable(
  'compute_turn',
  {
    taskId: text,
    serverId: text,
    hostId: text,
    /** The server's as the task was made: any other says that somebody has ordered something since. */
    generation: integer,
    state: textOf<TurnState>(),
    /** The task of the order. */
    orderTaskId: nullable(text),
    /** Until then it counts as one that is being started; null where it is not. */
    settlesAt: nullable(time),
    /** All that it waited for is there, and its delay ends then. */
    notBefore: nullable(time),
    /** Since when it waits for which server. */
    waits: json<Record<string, string>>(),
    note: nullable(text),
  },
  'of tasks that go on',
);
export type TurnRecord = RecordOf<typeof turns>;

declare module '../../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
