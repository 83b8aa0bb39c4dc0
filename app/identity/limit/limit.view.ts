import type { LimitRecord } from './limit.service.ts';

/** As it stands in projects; lists of limits show it with links. */
export function toLimitView({ registered_limit_id: _, ...limit }: LimitRecord) {
  return limit;
}
