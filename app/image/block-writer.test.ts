import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { BlockWriter } from './block-writer.ts';

const MIB = 1024 * 1024;

test('all writers together use one pool of blocks, and give theirs back when they end or give up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const blocks = new Set<SharedArrayBuffer>();
  const hash = {
    update: async (block: SharedArrayBuffer) => void blocks.add(block),
    digest: async () => '',
    close: () => {},
  };
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-blocks-'));
  const file = await open(join(folder, 'file'), 'w+');
  const writer = () => new BlockWriter({ file, hashes: [hash], maxBytes: Number.POSITIVE_INFINITY });
  const bytes = Buffer.alloc(2 * MIB + 5);
  try {
    for (let round = 0; round < 4; round++) {
      const ending = Array.from({ length: 16 }, writer);
      const stalled = Array.from({ length: 16 }, writer);
      await Promise.all([...ending, ...stalled].map((each) => each.write(bytes)));
      await Promise.all([...ending.map((each) => each.finish()), ...stalled.map((each) => each.abandon())]);
    }
    expect(blocks.size).toBeLessThanOrEqual(48);

    // Without uploads none is kept.
    const before = new Set(blocks);
    blocks.clear();
    vi.advanceTimersByTime(5_000);
    const later = writer();
    await later.write(bytes);
    await later.finish();
    expect([...blocks].filter((block) => before.has(block))).toEqual([]);
  } finally {
    vi.useRealTimers();
    await file.close();
    await rm(folder, { recursive: true });
  }
});
