import type { Logger } from 'pino';
import { endEarlierCopy } from './disk-copy.ts';
import type { LiveQemu } from './live-qemu.ts';
import type { MachineFiles } from './machine-files.ts';
import { recordOfProcess } from './machine-nics.ts';
import type { MachineRecord } from './machine-record.ts';
import { settleMerges } from './merge-job.ts';
import { thawEarlier } from './quiesce.ts';

/** What an agent that died has left half-way in a process that goes on: ended, or noted as it is. */
export async function settleAdopted(
  machine: { record: MachineRecord; readonly files: MachineFiles },
  live: LiveQemu,
  log: Logger,
): Promise<void> {
  await thawEarlier(live, machine.files, log);
  await endEarlierCopy(live.client, log);
  await settleMerges(live.client, machine.record, log);
  machine.record = await recordOfProcess(live.client, machine.record);
}
