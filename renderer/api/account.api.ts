import { type AnswerOf, type BodyOf, call } from './request.ts';

/** What one keeps for oneself at Keystone: application credentials, EC2 keys and the second factor. */

export type ApplicationCredential =
  AnswerOf<'GET /identity/v3/users/:user_id/application_credentials'>['application_credentials'][number];
export type NewApplicationCredential =
  BodyOf<'POST /identity/v3/users/:user_id/application_credentials'>['application_credential'];
export type AccessRule = NonNullable<NewApplicationCredential['access_rules']>[number];
export type Ec2Credential = AnswerOf<'GET /identity/v3/users/:user_id/credentials/OS-EC2'>['credentials'][number];
export type TotpCredential = AnswerOf<'GET /identity/v3/credentials'>['credentials'][number];

export async function listApplicationCredentials(user_id: string): Promise<ApplicationCredential[]> {
  return (await call('GET /identity/v3/users/:user_id/application_credentials', { params: { user_id } }))
    .application_credentials;
}

/** The answer alone has the secret. */
export async function createApplicationCredential(
  user_id: string,
  application_credential: NewApplicationCredential,
): Promise<ApplicationCredential> {
  return (
    await call('POST /identity/v3/users/:user_id/application_credentials', {
      params: { user_id },
      body: { application_credential },
    })
  ).application_credential;
}

export function deleteApplicationCredential(user_id: string, application_credential_id: string): Promise<void> {
  return call('DELETE /identity/v3/users/:user_id/application_credentials/:application_credential_id', {
    params: { user_id, application_credential_id },
  });
}

export async function listEc2Credentials(user_id: string): Promise<Ec2Credential[]> {
  return (await call('GET /identity/v3/users/:user_id/credentials/OS-EC2', { params: { user_id } })).credentials;
}

export function createEc2Credential(user_id: string, tenant_id: string): Promise<unknown> {
  return call('POST /identity/v3/users/:user_id/credentials/OS-EC2', { params: { user_id }, body: { tenant_id } });
}

export function deleteEc2Credential(user_id: string, credential_id: string): Promise<void> {
  return call('DELETE /identity/v3/users/:user_id/credentials/OS-EC2/:credential_id', {
    params: { user_id, credential_id },
  });
}

export async function listTotp(user_id: string): Promise<TotpCredential[]> {
  return (await call('GET /identity/v3/credentials', { query: { user_id, type: 'totp' } })).credentials;
}

/** `blob` is the secret in base32 (API reference, "Credentials" of type `totp`). */
export function createTotp(user_id: string, blob: string): Promise<unknown> {
  return call('POST /identity/v3/credentials', { body: { credential: { type: 'totp', user_id, blob } } });
}

export function deleteTotp(credential_id: string): Promise<void> {
  return call('DELETE /identity/v3/credentials/:credential_id', { params: { credential_id } });
}
