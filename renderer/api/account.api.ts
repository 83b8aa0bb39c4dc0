import { IDENTITY, identityPath } from './identity-list.ts';
import { request } from './request.ts';

/** What one keeps for oneself at Keystone: application credentials, EC2 keys and the second factor. */
export interface ApplicationCredential {
  id: string;
  name: string;
  description: string | null;
  project_id: string;
  expires_at: string | null;
  unrestricted: boolean;
  roles: { id: string; name: string }[];
  access_rules?: AccessRule[];
  /** Only in the answer to its making. */
  secret?: string;
}

export interface AccessRule {
  service: string;
  path: string;
  method: string;
}

export interface NewApplicationCredential {
  name: string;
  description?: string;
  expires_at?: string;
  roles?: { name: string }[];
  unrestricted?: boolean;
  access_rules?: AccessRule[];
}

export interface Ec2Credential {
  access: string;
  secret: string;
  tenant_id: string | null;
}

export interface TotpCredential {
  id: string;
  type: string;
}

export async function listApplicationCredentials(userId: string): Promise<ApplicationCredential[]> {
  const path = identityPath('users', userId, 'application_credentials');
  return (await request<{ application_credentials: ApplicationCredential[] }>(path)).application_credentials;
}

export async function createApplicationCredential(
  userId: string,
  application_credential: NewApplicationCredential,
): Promise<ApplicationCredential> {
  const path = identityPath('users', userId, 'application_credentials');
  const options = { method: 'POST', body: { application_credential } } as const;
  return (await request<{ application_credential: ApplicationCredential }>(path, options)).application_credential;
}

export function deleteApplicationCredential(userId: string, id: string): Promise<void> {
  return request(identityPath('users', userId, 'application_credentials', id), { method: 'DELETE' });
}

export async function listEc2Credentials(userId: string): Promise<Ec2Credential[]> {
  const path = identityPath('users', userId, 'credentials', 'OS-EC2');
  return (await request<{ credentials: Ec2Credential[] }>(path)).credentials;
}

export function createEc2Credential(userId: string, tenant_id: string): Promise<unknown> {
  return request(identityPath('users', userId, 'credentials', 'OS-EC2'), { method: 'POST', body: { tenant_id } });
}

export function deleteEc2Credential(userId: string, access: string): Promise<void> {
  return request(identityPath('users', userId, 'credentials', 'OS-EC2', access), { method: 'DELETE' });
}

export async function listTotp(userId: string): Promise<TotpCredential[]> {
  const query = { user_id: userId, type: 'totp' };
  return (await request<{ credentials: TotpCredential[] }>(`${IDENTITY}/credentials`, { query })).credentials;
}

/** `blob` is the secret in base32 (API reference, "Credentials" of type `totp`). */
export function createTotp(user_id: string, blob: string): Promise<unknown> {
  const credential = { type: 'totp', user_id, blob };
  return request(`${IDENTITY}/credentials`, { method: 'POST', body: { credential } });
}

export function deleteTotp(id: string): Promise<void> {
  return request(identityPath('credentials', id), { method: 'DELETE' });
}
