import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../../contract/errors.ts';

/** Random access to the bytes of a disk image. Reading past the end gives what is there. */
export interface DiskReader {
  readonly size: number;
  read(offset: number, length: number): Promise<Buffer>;
}

export function fileReader(file: FileHandle, size: number): DiskReader {
  return {
    size,
    read: async (offset, length) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      return buffer.subarray(0, bytesRead);
    },
  };
}

/** What all refusals of an image's content are: 400 `image_unusable`. */
export function unusable(message: string, hint?: string): UserError {
  return new UserError('image_unusable', message, { hint });
}

/** Like {@link DiskReader.read}, refusing an image that ends before. */
export async function readFully(disk: DiskReader, offset: number, length: number, what: string): Promise<Buffer> {
  const bytes = await disk.read(offset, length);
  if (bytes.length < length) throw unusable(`The image ends inside its ${what}.`, 'Was it copied completely?');
  return bytes;
}

/** A 64-bit field as a number; fields beyond 2^53 are nonsense in every format here. */
export function size64(value: bigint, what: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw unusable(`The image's ${what} is out of range.`);
  return Number(value);
}
