import { z } from 'zod';
import { OperationalError } from '../app/contract/errors.ts';
import type { DataFolder } from './data-folder.ts';

const linkSchema = z.object({ url: z.url() });

/** `cumulet sign-in-link`: asks the running controller for a link with a code that works once. */
export async function printSignInLink(folder: DataFolder): Promise<void> {
  const { url } = folder.requireController();
  const token = await requestToken(url, folder.readAdminPassword());
  const response = await fetch(new URL('/v1/sign-in-codes', url), {
    method: 'POST',
    headers: { 'x-auth-token': token },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw refused(url, response.status);
  process.stdout.write(`${linkSchema.parse(await response.json()).url}\n`);
}

async function requestToken(url: string, password: string): Promise<string> {
  const domain = { name: 'Default' };
  const response = await fetch(new URL('/identity/v3/auth/tokens', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: 'admin', domain, password } } },
        scope: { project: { name: 'admin', domain } },
      },
    }),
    signal: AbortSignal.timeout(10_000),
  });
  const token = response.headers.get('x-subject-token');
  if (!response.ok || token === null) throw refused(url, response.status);
  return token;
}

function refused(url: string, status: number): OperationalError {
  return new OperationalError('unauthorized', 'controller', `Cumulet at ${url} refused (HTTP ${status}).`, {
    hint: "The administrator's password may have been changed: sign in with it in the dashboard, or stop Cumulet and run cumulet reset-admin-password.",
  });
}
