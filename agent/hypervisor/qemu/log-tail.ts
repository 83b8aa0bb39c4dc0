import { open } from 'node:fs/promises';
import { errorCode } from '../../disk-full.ts';

const TAIL_BYTES = 2000;
const TAIL_LINES = 5;

/** The last lines QEMU wrote since byte `start`, for people; '' when it wrote nothing. */
export async function readLogTail(path: string, start: number): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      // It was cut since when it has become shorter.
      const from = Math.max(start > size ? 0 : start, size - TAIL_BYTES);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, from);
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
      const told = lines.map((line) => line.replace(/^\S*qemu-system-\w+: /, '').trim()).filter((line) => line !== '');
      return told.slice(-TAIL_LINES).join(' / ');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
