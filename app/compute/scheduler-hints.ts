import { z } from 'zod';
import { UserError } from '../contract/errors.ts';

/** Servers that one hint may name. */
const MAX_SERVERS = 100;
const servers = z.union([z.uuid(), z.array(z.uuid()).max(MAX_SERVERS)]);

/** `os:scheduler_hints`, in Nova's form. */
export const schedulerHintsField = z.looseObject({
  group: z.uuid().optional(),
  same_host: servers.optional(),
  different_host: servers.optional(),
  build_near_host_ip: z.ipv4().optional(),
  cidr: z.string().max(255).optional(),
  query: z.unknown().optional(),
});
export type SchedulerHints = z.infer<typeof schedulerHintsField>;

/** Beside which servers a new one is placed, and beside which it is not. */
export const placementSchema = z.object({
  sameHost: z.array(z.string()).default([]),
  differentHost: z.array(z.string()).default([]),
  /** The one an administrator asked for. */
  host: z.string().nullable().default(null),
});
export type Placement = z.infer<typeof placementSchema>;

/** Where the hints put it, but for its group: that is kept with the server. 400 for a hint that nothing here goes by: to take it and leave it would be a promise. */
export function placementOf(hints: SchedulerHints | undefined): Placement {
  const { group: _withServers, same_host, different_host, ...others } = hints ?? {};
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new UserError(
      'bad_request',
      `The scheduler hint ${unknown.slice(0, 64)} is not available: group, same_host and different_host are.`,
      { field: `os:scheduler_hints.${unknown.slice(0, 64)}` },
    );
  }
  return { sameHost: listOf(same_host), differentHost: listOf(different_host), host: null };
}

function listOf(ids: string | string[] | undefined): string[] {
  return ids === undefined ? [] : [ids].flat();
}
