import { readFile, rm, stat } from 'node:fs/promises';
import { OperationalError } from '../../../app/contract/errors.ts';
import type { LiveQemu } from './live-qemu.ts';

/** A guest chooses how large its screen is, and noise does not shrink. */
const MAX_SCREENSHOT_BYTES = 8 * 1024 ** 2;

/** A PNG of the screen as it is; `path` is where QEMU leaves it for a moment. */
export async function takeScreenshot({ client }: LiveQemu, path: string): Promise<Buffer> {
  await client.execute('screendump', { filename: path, format: 'png' });
  try {
    const { size } = await stat(path);
    if (size <= MAX_SCREENSHOT_BYTES) return await readFile(path);
    throw new OperationalError('too_large', 'hypervisor', 'The picture on the screen is too large to be shown here.', {
      hint: 'Open the screen itself.',
    });
  } finally {
    await rm(path, { force: true });
  }
}
