import { setTimeout as delay } from 'node:timers/promises';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const EVERY_MS = 20;

interface Waits {
  samples: Samples;
  seconds: number;
}

/**
 * How long `GET /v1/status` waits while `work` is done. It is asked fifty times a second, answered or not, so that a
 * stop of half a second is told by all that met it.
 */
export async function statusWaits(origin: string, work: () => Promise<unknown>): Promise<Waits> {
  const begun = performance.now();
  const waits: Promise<number>[] = [];
  let isDone = false;
  const ask = async () => {
    const at = performance.now();
    const answer = await fetch(`${origin}/v1/status`);
    if (!answer.ok) throw new Error(`status answered ${answer.status}`);
    await answer.arrayBuffer();
    return performance.now() - at;
  };
  const asking = (async () => {
    for (let next = performance.now(); !isDone; next += EVERY_MS) {
      await delay(Math.max(0, next - performance.now()));
      waits.push(ask());
    }
  })();
  await work();
  isDone = true;
  await asking;
  const seconds = (performance.now() - begun) / 1000;
  return { samples: new Samples(await Promise.all(waits)), seconds };
}

/** Beside those at rest in the same run. */
export function tellWaits(what: string, { samples, seconds }: Waits, rest: Waits): void {
  for (const percent of [50, 99, 100]) {
    report({
      figure: `status while ${what}, ${percent === 100 ? 'the longest' : `p${percent}`}`,
      value: samples.percentile(percent),
      unit: 'ms',
      peer: 'at rest',
      peerValue: rest.samples.percentile(percent),
      ...(percent === 99 && { aim: '200 ms' }),
    });
  }
  report({ figure: `${what}, it takes`, value: seconds, unit: 's' });
}
