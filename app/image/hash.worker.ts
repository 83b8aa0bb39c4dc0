import { createHash, type Hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { HashAnswer, HashOrder } from './hash-lane.ts';

/** One algorithm's lane: hashes the blocks of any number of streams, each in the order they come. */
const streams = new Map<number, Hash>();

parentPort?.on('message', (order: HashOrder) => {
  const { stream, op } = order;
  if (op === 'open') {
    streams.set(stream, createHash(order.algorithm));
  } else if (op === 'update') {
    streams.get(stream)?.update(new Uint8Array(order.block, 0, order.length));
    answer({ stream });
  } else if (op === 'digest') {
    answer({ stream, digest: streams.get(stream)?.digest('hex') ?? '' });
    streams.delete(stream);
  } else {
    streams.delete(stream);
  }
});

function answer(message: HashAnswer): void {
  parentPort?.postMessage(message);
}
