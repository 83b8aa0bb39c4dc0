import { request } from './request.ts';

const path = (id: string, rest: string): string => `/compute/v2.1/flavors/${encodeURIComponent(id)}${rest}`;

/** Adds keys and gives those that are there new values; names it does not mention stay. */
export async function setFlavorExtraSpecs(id: string, specs: Record<string, string>): Promise<void> {
  // From 2.86 on misspelt keys in the known namespaces are refused.
  await request<unknown>(path(id, '/os-extra_specs'), {
    method: 'POST',
    body: { extra_specs: specs },
    headers: { 'openstack-api-version': 'compute 2.86' },
  });
}

export async function deleteFlavorExtraSpec(id: string, key: string): Promise<void> {
  await request<void>(path(id, `/os-extra_specs/${encodeURIComponent(key)}`), { method: 'DELETE' });
}

/** Ids of the projects that may use a flavor that is not public. */
export async function listFlavorAccess(id: string, signal?: AbortSignal): Promise<string[]> {
  const answer = await request<{ flavor_access: { tenant_id: string }[] }>(path(id, '/os-flavor-access'), { signal });
  return answer.flavor_access.map((access) => access.tenant_id);
}

export async function setFlavorAccess(id: string, projectId: string, isAllowed: boolean): Promise<void> {
  const verb = isAllowed ? 'addTenantAccess' : 'removeTenantAccess';
  await request<unknown>(path(id, '/action'), {
    method: 'POST',
    body: { [verb]: { tenant: projectId } },
    headers: { 'openstack-api-version': 'compute 2.90' },
  });
}
