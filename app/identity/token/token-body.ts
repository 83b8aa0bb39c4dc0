import type { TokenBody } from '../../contract/openstack.ts';
import type { IdentityService } from '../identity.service.ts';
import type { ResolvedToken } from './token.service.ts';
import { toTokenBody } from './token.view.ts';

/** The token with what its holder sees: the catalogue, unless it is left out or the token has no scope. */
export async function tokenBodyOf(
  { catalog, federation }: Pick<IdentityService, 'catalog' | 'federation'>,
  resolved: ResolvedToken,
  { origin, withCatalog = true }: { origin: string; withCatalog?: boolean },
): Promise<TokenBody> {
  const { user, project, record } = resolved;
  const who = { userId: user.id, projectId: project?.id ?? null };
  return toTokenBody(resolved, {
    catalog: withCatalog && record.scope.type !== 'unscoped' ? await catalog.catalogFor(who, origin) : null,
    serviceProviders: await federation.enabledServiceProviders(),
  });
}
