import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { Samples } from './samples.ts';

/** As many clients as a busy small cloud has. */
const CLIENTS = 8;

export class Load {
  readonly times: readonly number[];
  /** How long all of it took, milliseconds. */
  readonly took: number;

  constructor(times: readonly number[], took: number) {
    this.times = times;
    this.took = took;
  }

  get samples(): Samples {
    return new Samples(this.times);
  }

  get perSecond(): number {
    return (this.times.length * 1000) / this.took;
  }

  and(more: Load): Load {
    return new Load([...this.times, ...more.times], this.took + more.took);
  }
}

/** Does `work` so many times, by several clients on connections of their own, each as fast as it is answered. */
export async function underLoad(
  times: number,
  origin: string,
  headers: Record<string, string>,
  work: (client: HttpClient, round: number) => Promise<unknown>,
): Promise<Load> {
  const taken: number[] = [];
  let next = 0;
  const one = async () => {
    const client = new HttpClient(origin, headers);
    try {
      while (next < times) {
        const round = next++;
        const begun = performance.now();
        await work(client, round);
        taken.push(performance.now() - begun);
      }
    } finally {
      client.close();
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, one));
  return new Load(taken, performance.now() - begun);
}

const TURNS = 5;

/** Both, in turns and once before to warm up, so that what else the computer does meets them alike. */
export async function inTurns(
  ours: (turn: number) => Promise<Load>,
  theirs: (turn: number) => Promise<Load>,
): Promise<[Load, Load]> {
  await ours(0);
  await theirs(0);
  let sums: [Load, Load] | undefined;
  for (let turn = 1; turn <= TURNS; turn++) {
    const pair: [Load, Load] = [await ours(turn), await theirs(turn)];
    sums = sums ? [sums[0].and(pair[0]), sums[1].and(pair[1])] : pair;
  }
  if (!sums) throw new Error('No turn');
  return sums;
}

/** Half of the requests take less than p50, one in a hundred takes longer than p99. */
export function reportLoads(figure: string, peer: string, [ours, theirs]: [Load, Load], aim?: string): void {
  for (const percent of [50, 99]) {
    const peerValue = theirs.samples.percentile(percent);
    const value = ours.samples.percentile(percent);
    report({ figure: `${figure}, p${percent}`, value, unit: 'ms', peer, peerValue, ...(aim && { aim }) });
  }
  report({ figure, value: ours.perSecond, unit: '/s', peer, peerValue: theirs.perSecond });
}
