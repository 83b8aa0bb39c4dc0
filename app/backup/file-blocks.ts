import { open } from 'node:fs/promises';
import { OperationalError } from '../contract/errors.ts';

export type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

const BLOCK_BYTES = 1024 * 1024;

/** Exactly the first `size` bytes of a file: one that has fewer has changed under our hands. */
export async function* fileBlocks(path: string, size: number): Bytes {
  const file = await open(path, 'r');
  try {
    for (let at = 0; at < size; ) {
      const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, size - at));
      const { bytesRead } = await file.read(block, 0, block.length, at);
      if (bytesRead === 0) throw new FileChanged(path);
      at += bytesRead;
      yield block.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

export class FileChanged extends OperationalError {
  constructor(path: string) {
    super('conflict', 'controller', `${path} changed while it was copied.`, { hint: 'Begin the backup again.' });
  }
}
