import { z } from 'zod';
import { Administrator } from './administrator.ts';
import type { DataFolder } from './data-folder.ts';

const linkSchema = z.object({ url: z.url() });

/** `cumulet sign-in-link`: asks the running controller for a link with a code that works once. */
export async function printSignInLink(folder: DataFolder): Promise<void> {
  const administrator = await Administrator.signIn(folder);
  const link = linkSchema.parse(await administrator.request('POST', '/v1/sign-in-codes'));
  process.stdout.write(`${link.url}\n`);
}
