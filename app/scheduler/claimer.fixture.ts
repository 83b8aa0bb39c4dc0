import pino from 'pino';
import { CumuletError } from '../contract/errors.ts';
import type { HostFacts } from '../contract/host.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { systemContext } from '../policy/authorization.ts';
import type { ClaimRequest } from './host.filters.ts';
import { SchedulerRepository } from './scheduler.repository.ts';
import { SchedulerService } from './scheduler.service.ts';

/** What a test asks of the scheduler in another process: `fork`, with the data folder. */
export type Wish = { claim: ClaimRequest } | { release: string } | { report: string; facts: HostFacts };

/** Where the claim is, or why there is none. */
export type Granted = { hostId: string } | { refused: string } | null;

const database = await openMigrated(process.argv[2] ?? '');
const scheduler = new SchedulerService({
  ...{ database, repository: new SchedulerRepository(database), events: new EventService(database) },
  log: pino({ level: 'silent' }),
});

async function grant(wish: Wish): Promise<Granted> {
  if ('report' in wish) await scheduler.reportHost(systemContext('req-1'), wish.report, wish.facts);
  else if ('release' in wish) await database.transaction((trx) => scheduler.release(trx, wish.release));
  else {
    try {
      return await scheduler.claim(wish.claim, async () => undefined);
    } catch (error) {
      return { refused: error instanceof CumuletError ? error.code : String(error) };
    }
  }
  return null;
}

process.on('message', async (wishes: Wish[]) => {
  process.send?.(await Promise.all(wishes.map(grant)));
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
