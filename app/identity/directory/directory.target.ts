import { type ApiRequest, paramOf } from '../../http/route.ts';
import type { Attributes } from '../../policy/policy-expression.ts';
import type { DirectoryRepository } from './directory.repository.ts';

type Asked = ApiRequest<unknown, unknown>;
type Load = (request: Asked) => Promise<Attributes>;

/** Loads what the rules look at, of the things that the path names; see `RouteDefinition.target`. */
export class DirectoryTargets {
  readonly #directory: DirectoryRepository;

  constructor(directory: DirectoryRepository) {
    this.#directory = directory;
  }

  readonly domain: Load = async (request) => ({
    target: { domain: await this.#directory.findDomain({ id: paramOf(request, 'domain_id') }) },
  });
  readonly project: Load = async (request) => ({
    target: { project: await this.#directory.findProject({ id: paramOf(request, 'project_id') }) },
  });
  readonly user: Load = async (request) => ({
    target: { user: await this.#directory.findUser({ id: paramOf(request, 'user_id') }) },
  });
  readonly group: Load = async (request) => ({
    target: { group: await this.#directory.findGroup({ id: paramOf(request, 'group_id') }) },
  });
  readonly member: Load = async (request) => ({
    target: {
      group: await this.#directory.findGroup({ id: paramOf(request, 'group_id') }),
      user: await this.#directory.findUser({ id: paramOf(request, 'user_id') }),
    },
  });

  /** Lists are of one's own domain where the token is for one. */
  static readonly ownDomain: Load = async ({ context: { domainId } }) =>
    domainId === null
      ? {}
      : { target: { domain_id: domainId, domain: { id: domainId }, group: { domain_id: domainId } } };
}

/** Where Keystone's clients do not say a domain, it is that of the token. */
export function inDomain<T extends { domain_id?: string | null | undefined }>(
  { context }: Pick<Asked, 'context'>,
  given: T,
): T & { domain_id: string } {
  return { ...given, domain_id: given.domain_id ?? context.domainId ?? context.projectDomainId ?? 'default' };
}
