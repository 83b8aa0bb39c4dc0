import { isNotFound } from './cloud-error.ts';
import { identityPath, listAll } from './identity-list.ts';
import { change } from './identity-refresh.ts';
import { type AnswerOf, type BodyOf, call, request } from './request.ts';

export type DomainView = AnswerOf<'GET /identity/v3/domains/:domain_id'>['domain'];
export type DomainChange = BodyOf<'PATCH /identity/v3/domains/:domain_id'>['domain'];

export function listDomains(signal?: AbortSignal): Promise<DomainView[]> {
  return listAll('/domains', 'domains', {}, signal);
}

/** The domains one has a role on: all that those without rights over domains may ask for. */
export function listOwnDomains(signal?: AbortSignal): Promise<DomainView[]> {
  return listAll('/auth/domains', 'domains', {}, signal);
}

export async function getDomain(id: string): Promise<DomainView> {
  return (await call('GET /identity/v3/domains/:domain_id', { params: { domain_id: id } })).domain;
}

export async function createDomain(domain: DomainChange & { name: string }): Promise<DomainView> {
  return (await change<{ domain: DomainView }>('POST', identityPath('domains'), { domain })).domain;
}

export async function updateDomain(id: string, domain: DomainChange): Promise<DomainView> {
  const answer = await change<{ domain: DomainView }>('PATCH', identityPath('domains', id), { domain });
  return answer.domain;
}

export async function deleteDomain(id: string): Promise<void> {
  await change<void>('DELETE', identityPath('domains', id));
}

export type DomainConfig = Record<string, Record<string, unknown>>;

/** Changes what is named; `before` is what was configured. */
export async function saveDomainConfig(id: string, config: DomainConfig, before: DomainConfig | null): Promise<void> {
  await change(before === null ? 'PUT' : 'PATCH', identityPath('domains', id, 'config'), { config });
}

/** What differs in this domain from the cloud's configuration; null where nothing does. */
export async function getDomainConfig(id: string, signal?: AbortSignal): Promise<DomainConfig | null> {
  try {
    return (await request<{ config: DomainConfig }>(identityPath('domains', id, 'config'), { signal })).config;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
