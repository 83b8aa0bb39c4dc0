import { identityPath, listAll } from './identity-list.ts';
import { change } from './identity-refresh.ts';
import { type AnswerOf, type BodyOf, request } from './request.ts';

/** Keystone's options of a user; those left out are as the cloud's configuration has them. */
export type UserOptions = NonNullable<BodyOf<'POST /identity/v3/users'>['user']['options']>;

/** A sign-in with the accounts of a company, which this user stands for. */
export type FederatedAccount = NonNullable<AnswerOf<'GET /identity/v3/users/:user_id'>['user']['federated']>[number];

export interface UserView {
  id: string;
  name: string;
  domain_id: string;
  enabled: boolean;
  email?: string | null;
  description?: string | null;
  default_project_id?: string | null;
  /** Null: never; left out for users without a password. */
  password_expires_at?: string | null;
  options?: UserOptions;
  federated?: FederatedAccount[];
}

/** Body of `POST` and `PATCH /users` as far as the dashboard uses it. */
export interface UserChange {
  name?: string;
  domain_id?: string;
  enabled?: boolean;
  password?: string;
  email?: string | null;
  description?: string | null;
  default_project_id?: string | null;
  options?: UserOptions;
}

/** Everybody the caller may see: all, or those of the domain of a token for one domain. */
export function listUsers(signal?: AbortSignal): Promise<UserView[]> {
  return listAll('/users', 'users', {}, signal);
}

export async function getUser(id: string, signal?: AbortSignal): Promise<UserView> {
  return (await request<{ user: UserView }>(identityPath('users', id), { signal })).user;
}

export async function createUser(user: UserChange & { name: string }): Promise<UserView> {
  return (await change<{ user: UserView }>('POST', identityPath('users'), { user })).user;
}

export async function updateUser(id: string, user: UserChange): Promise<UserView> {
  return (await change<{ user: UserView }>('PATCH', identityPath('users', id), { user })).user;
}

export async function deleteUser(id: string): Promise<void> {
  await change<void>('DELETE', identityPath('users', id));
}
