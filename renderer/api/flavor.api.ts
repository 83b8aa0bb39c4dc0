import { call } from './request.ts';

/** Adds keys and gives those that are there new values; names it does not mention stay. */
export async function setFlavorExtraSpecs(id: string, specs: Record<string, string>): Promise<void> {
  const body = { extra_specs: specs };
  await call('POST /compute/v2.1/flavors/:flavorId/os-extra_specs', { params: { flavorId: id }, body });
}

export async function deleteFlavorExtraSpec(id: string, key: string): Promise<void> {
  await call('DELETE /compute/v2.1/flavors/:flavorId/os-extra_specs/:key', { params: { flavorId: id, key } });
}

/** Ids of the projects that may use a flavor that is not public. */
export async function listFlavorAccess(id: string, signal?: AbortSignal): Promise<string[]> {
  const name = 'GET /compute/v2.1/flavors/:flavorId/os-flavor-access';
  const answer = await call(name, { params: { flavorId: id }, signal });
  return answer.flavor_access.map((access) => access.tenant_id);
}

export async function setFlavorAccess(id: string, projectId: string, isAllowed: boolean): Promise<void> {
  const body = isAllowed ? { addTenantAccess: { tenant: projectId } } : { removeTenantAccess: { tenant: projectId } };
  await call('POST /compute/v2.1/flavors/:flavorId/action', { params: { flavorId: id }, body });
}
