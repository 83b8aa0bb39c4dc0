import { readFileSync } from 'node:fs';
import { report } from './figure.ts';
import { type Load, underLoad } from './load.ts';

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;
const TURNS = 3;

/** What a process has worked so far, all its threads, milliseconds: unlike time, it does not grow while others work. */
export function processorTimeOf(pid: number): number {
  // The name, in parentheses, may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Who answers, and what is asked of them: by eight clients, each as fast as it is answered. */
export interface Asked {
  pid: number;
  origin: string;
  headers?: Record<string, string>;
  path: (round: number) => string;
}

/** Processor time for one request, of each in turns. The first, ours, is reported beside each of the others. */
export async function reportProcessorTime(
  figure: string,
  times: number,
  ours: Asked,
  peers: Readonly<Record<string, Asked>>,
  aim: string,
): Promise<void> {
  const all = [ours, ...Object.values(peers)];
  const used = all.map(() => 0);
  for (const asked of all) await load(asked, times);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, asked] of all.entries()) {
      const before = processorTimeOf(asked.pid);
      await load(asked, times);
      used[index] = (used[index] ?? 0) + processorTimeOf(asked.pid) - before;
    }
  }
  const [value = 0, ...theirs] = used.map((sum) => sum / TURNS / times);
  for (const [index, peer] of Object.keys(peers).entries()) {
    report({ figure, value, unit: 'ms', peer, peerValue: theirs[index] ?? 0, aim });
  }
}

async function load({ origin, headers = {}, path }: Asked, times: number): Promise<Load> {
  return await underLoad(times, origin, headers, (client, round) => client.send('GET', path(round)));
}
