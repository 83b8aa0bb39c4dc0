import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { OperationalError, UserError } from '../app/contract/errors.ts';
import { type SignedIn, signedInSchema } from '../app/contract/v1.ts';
import { formatVariables } from './openrc.command.ts';

const startedSchema = z.object({
  state: z.string(),
  userCode: z.string(),
  verificationUri: z.string(),
  verificationUriComplete: z.string().nullable(),
  interval: z.number(),
});
const askedSchema = z.union([signedInSchema, z.object({ interval: z.number() })]);
const faultSchema = z.object({ error: z.object({ message: z.string(), hint: z.string().optional() }) });

/** `cumulet login`: the device flow. What a person reads goes to stderr, what a shell evaluates to stdout. */
export async function runLogin({ url, provider }: { url: string; provider: string }): Promise<void> {
  const started = await post(url, '/v1/sign-in/oidc/device', { provider }, startedSchema);
  const { userCode, verificationUri, verificationUriComplete } = started;
  process.stderr.write(`Open ${verificationUri} and enter the code ${userCode}\n`);
  if (verificationUriComplete) process.stderr.write(`or open ${verificationUriComplete}\n`);
  let interval = started.interval;
  for (;;) {
    await sleep(interval * 1000);
    const answer = await post(url, '/v1/sign-in/oidc/device/token', { state: started.state }, askedSchema);
    if ('token' in answer) {
      process.stderr.write(`Signed in as ${answer.user.name}, until ${answer.expiresAt}\n`);
      process.stdout.write(formatTokenRc(url, answer));
      return;
    }
    interval = answer.interval;
  }
}

export function formatTokenRc(url: string, { token, project }: SignedIn): string {
  return formatVariables({
    OS_AUTH_TYPE: 'token',
    OS_AUTH_URL: new URL('/identity/v3', url).href,
    OS_TOKEN: token,
    ...(project ? { OS_PROJECT_ID: project.id } : {}),
    OS_IDENTITY_API_VERSION: '3',
    OS_REGION_NAME: 'RegionOne',
  });
}

async function post<T>(url: string, path: string, body: object, schema: z.ZodType<T>): Promise<T> {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw new OperationalError('unavailable', 'controller', `Cumulet does not answer at ${url}.`, { cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const fault = faultSchema.safeParse(answer);
  if (fault.success) {
    const { message, hint } = fault.data.error;
    throw new UserError('unauthorized', message, hint === undefined ? {} : { hint });
  }
  const expected = schema.safeParse(answer);
  if (response.ok && expected.success) return expected.data;
  throw new OperationalError('unavailable', 'controller', `Another program answers at ${url}.`);
}
