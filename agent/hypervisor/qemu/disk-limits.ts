import { z } from 'zod';
import type { HardwareExtras } from '../devices/hardware-extras.ts';
import type { MachineDisk } from '../devices/machine-devices.ts';
import { isMedium } from '../devices/placement.ts';
import type { MachineRecord } from './machine-record.ts';
import type { QmpClient } from './qmp-client.ts';

const blocksSchema = z.array(z.looseObject({ qdev: z.string().optional() }));

/** QEMU's names for what a flavor calls so. */
const NAMES = {
  bps: 'total_bytes_sec',
  bps_rd: 'read_bytes_sec',
  bps_wr: 'write_bytes_sec',
  iops: 'total_iops_sec',
  iops_rd: 'read_iops_sec',
  iops_wr: 'write_iops_sec',
} as const;

/** Holds the disks of a machine to what its flavor allows each of them; media are only read, and stay as they are. */
export async function limitDisks(client: QmpClient, { hardware, devices }: MachineRecord): Promise<void> {
  const { diskLimits } = hardware;
  if (diskLimits === undefined) return;
  const blocks = blocksSchema.parse(await client.execute('query-block'));
  for (const disk of devices.disks.filter((each) => !isMedium(each))) {
    // The device itself, or what QEMU made below it.
    const owner = blocks.find(({ qdev }) => qdev?.split('/').includes(deviceOf(disk)))?.qdev;
    if (owner !== undefined) await client.execute('block_set_io_throttle', throttle(owner, diskLimits));
  }
}

function throttle(id: string, limits: NonNullable<HardwareExtras['diskLimits']>): Record<string, unknown> {
  const told = Object.entries(NAMES).map(([name, limit]) => [name, limits[limit] ?? 0] as const);
  return { id, ...Object.fromEntries(told) };
}

function deviceOf({ id }: MachineDisk): string {
  return `${id}-device`;
}
