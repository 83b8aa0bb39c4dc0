/** What `quota_limit.project_id` says for the limits of projects that have none of their own. */
export const DEFAULT_PROJECT = 'default';

/** No limit. */
export const UNLIMITED = -1;

/**
 * Every resource that has a limit, with what holds until an administrator says otherwise. What a host's capacity
 * bounds anyway is unlimited: on one's own computer a second bound only gets in the way.
 */
export const DEFAULT_LIMITS = {
  instances: UNLIMITED,
  cores: UNLIMITED,
  /** MiB */
  ram: UNLIMITED,
  /** Per user, as in Nova. */
  key_pairs: 100,
  /** Per server. */
  metadata_items: 128,
  server_groups: 10,
  server_group_members: 10,
  images: UNLIMITED,
  /** MiB */
  image_size_total: UNLIMITED,
  ports: UNLIMITED,
} as const satisfies Record<string, number>;

export type QuotaResource = keyof typeof DEFAULT_LIMITS;

/** What an administrator can limit for one user of a project, as in Nova; all of these are counted per user. */
export const PER_USER: readonly QuotaResource[] = ['instances', 'cores', 'ram', 'key_pairs'];

export function isQuotaResource(name: string): name is QuotaResource {
  return Object.hasOwn(DEFAULT_LIMITS, name);
}
