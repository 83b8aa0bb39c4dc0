import { t } from '../i18n/i18n.ts';
import { CloudError } from './cloud-error.ts';
import { type AnswerOf, call } from './request.ts';

export type SignInProvider = AnswerOf<'GET /v1/sign-in/providers'>['providers'][number];

/** Other places whose accounts may sign in here. */
export async function listSignInProviders(signal?: AbortSignal): Promise<SignInProvider[]> {
  return (await call('GET /v1/sign-in/providers', { token: null, signal })).providers;
}

/** The provider's own page, for this window: it comes back with the code of a sign-in link. */
export async function beginProviderSignIn(provider: string): Promise<string> {
  return (await call('POST /v1/sign-in/oidc', { body: { provider }, token: null })).url;
}

/** The same in a browser beside this window; answers the code once the person is done there. */
export async function signInBeside(
  provider: string,
  open: (url: string) => Promise<void>,
  signal: AbortSignal,
): Promise<string> {
  const begun = await call('POST /v1/sign-in/oidc', { body: { provider, redirect: 'wait' }, token: null });
  await open(begun.url);
  for (;;) {
    // The controller holds each request for a while.
    const { code } = await call('POST /v1/sign-in/oidc/wait', { body: { state: begun.state }, token: null, signal });
    if (code !== null) return code;
    if (signal.aborted) throw new CloudError(t('design:fault.signInCalledOff'), { status: 0, code: 'cancelled' });
  }
}
