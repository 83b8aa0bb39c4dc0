import { readFile, readlink } from 'node:fs/promises';
import { z } from 'zod';
import { type MachineStatistics, STATISTICS_EVERY_MS } from '../../../app/contract/machine-statistics.ts';
import { blocksSchema } from './diagnostics.ts';
import type { LiveQemu } from './live-qemu.ts';
import { QmpError } from './qmp-client.ts';

/** `/proc/<pid>/stat` counts in these, on every Linux there is: `getconf CLK_TCK` is 100. */
const NANOSECONDS_OF_TICK = 10_000_000;
/** A page of memory on the processors that QEMU is built for here. */
const PAGE_BYTES = 4096;
/** One that is slow keeps its host from telling of the others. */
const SOON = { timeoutMs: 5_000 };
/** Where QEMU keeps the device of this id (`-device …,id=balloon`). */
const BALLOON = '/machine/peripheral/balloon';

const guestSchema = z.object({
  'last-update': z.number(),
  stats: z.record(z.string(), z.number()),
});

/** Guests that were asked to tell of their memory now and then. */
const asked = new WeakSet<LiveQemu>();

/** What a process and its guest have used so far: three short files and two or three questions. */
export async function readStatistics(id: string, live: LiveQemu): Promise<MachineStatistics> {
  const { client, identity } = live;
  const [blocks, guest, cpuNanoseconds, residentBytes, network] = await Promise.all([
    client.execute('query-blockstats', {}, SOON).then(blocksSchema.parse),
    guestMemory(live),
    cpuOf(identity.pid),
    residentOf(identity.pid),
    trafficOf(identity.pid),
  ]);
  const sum = (of: (stats: (typeof blocks)[number]['stats']) => number) =>
    blocks.reduce((total, { stats }) => total + of(stats), 0);
  return {
    id,
    cpuNanoseconds,
    memory: { residentBytes, guest },
    disk: { readBytes: sum(({ rd_bytes }) => rd_bytes), writtenBytes: sum(({ wr_bytes }) => wr_bytes) },
    network,
  };
}

/** Null where the guest's driver has told nothing; what it does not count is 2^64-1, and -1 here. */
async function guestMemory(live: LiveQemu): Promise<MachineStatistics['memory']['guest']> {
  const { client } = live;
  try {
    if (!asked.has(live)) {
      asked.add(live);
      const value = STATISTICS_EVERY_MS / 1000;
      await client.execute('qom-set', { path: BALLOON, property: 'guest-stats-polling-interval', value }, SOON);
    }
    const told = guestSchema.parse(await client.execute('qom-get', { path: BALLOON, property: 'guest-stats' }, SOON));
    const total = told.stats['stat-total-memory'] ?? -1;
    const available = told.stats['stat-available-memory'] ?? -1;
    const isTold = told['last-update'] > 0 && isCount(total) && isCount(available) && available <= total;
    return isTold ? { totalBytes: total, availableBytes: available } : null;
  } catch (error) {
    if (error instanceof QmpError) return null;
    throw error;
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** All its threads, the guest's processors among them. */
async function cpuOf(pid: number): Promise<number | null> {
  const stat = await fileOf(pid, 'stat');
  // The name of the program, in brackets, may hold spaces.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields?.[11]) + Number(fields?.[12]);
  return Number.isSafeInteger(ticks) ? ticks * NANOSECONDS_OF_TICK : null;
}

async function residentOf(pid: number): Promise<number | null> {
  const pages = Number((await fileOf(pid, 'statm'))?.split(' ')[1]);
  return Number.isSafeInteger(pages) ? pages * PAGE_BYTES : null;
}

/**
 * What has come into and gone out of the machine's own namespace; that has one card beside `lo`. Null where it shares that of
 * the host.
 */
async function trafficOf(pid: number): Promise<MachineStatistics['network']> {
  try {
    const [own, its] = await Promise.all([readlink('/proc/self/ns/net'), readlink(`/proc/${pid}/ns/net`)]);
    if (own === its) return null;
  } catch {
    return null;
  }
  const cards = ((await fileOf(pid, 'net/dev')) ?? '')
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/[:\s]+/));
  const outside = cards.filter(([name]) => name !== undefined && name !== '' && name !== 'lo');
  if (outside.length === 0) return null;
  const sum = (column: number) => outside.reduce((total, fields) => total + Number(fields[column]), 0);
  return { receivedBytes: sum(1), sentBytes: sum(9) };
}

async function fileOf(pid: number, name: string): Promise<string | null> {
  try {
    return await readFile(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // It has just ended, or this is no Linux.
    return null;
  }
}
