import type { Logger } from 'pino';
import { endEarlierCopy } from './disk-copy.ts';
import { recordOfProcess } from './machine-nics.ts';
import type { MachineRecord } from './machine-record.ts';
import { settleMerges } from './merge-job.ts';
import type { QmpClient } from './qmp-client.ts';

/** What an agent that died has left half-way in a process that goes on: ended, or noted as it is. */
export async function settleAdopted(machine: { record: MachineRecord }, client: QmpClient, log: Logger): Promise<void> {
  await endEarlierCopy(client, log);
  await settleMerges(client, machine.record, log);
  machine.record = await recordOfProcess(client, machine.record);
}
