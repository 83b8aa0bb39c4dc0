import { sql } from 'kysely';
import type { Context } from '../contract/context.ts';
import type { EventName } from '../contract/events.ts';
import type { Queryable } from '../database/database.ts';
import type { NewEvent } from '../events/event.service.ts';
import type { Scope } from '../resource/collection-query.ts';
import { missing } from '../resource/missing.ts';
import type { ResourceStore } from '../resource/resource.store.ts';
import type { ImageRecord } from './image.tables.ts';

/** Glance's rules of who sees an image; who changes it is for the policy. */
export function visibleTo({ isAdmin, projectId }: Pick<Context, 'isAdmin' | 'projectId'>): Scope<ImageRecord> {
  if (isAdmin) return {};
  const shared = sql`SELECT image_id FROM image_member WHERE member_id = ${projectId}`;
  const isSeen = sql<boolean>`(owner IS NULL OR owner = ${projectId} OR visibility IN ('public', 'community')
    OR (visibility = 'shared' AND id IN (${shared})))`;
  return { also: [isSeen] };
}

/** An image of another project that one may not see does not exist: 404. `query` is the transaction one is in. */
export async function findVisible(
  repository: Pick<ResourceStore<ImageRecord>, 'find'>,
  context: Context,
  id: string,
  options: { query?: Queryable | undefined; message?: string } = {},
): Promise<ImageRecord> {
  const image = await repository.find(id, options.query, visibleTo(context));
  if (!image) throw missing(options.message ?? `No image found with ID ${id}`);
  return image;
}

/** An event of an image, told to its owner, or to everybody when it is public (or was, before the change). */
export function imageEvent(type: EventName, image: ImageRecord, wasPublic = false): NewEvent {
  const isPublic = wasPublic || image.visibility === 'public';
  return {
    type,
    resourceId: image.id,
    projectId: isPublic ? '*' : image.owner,
    payload: { name: image.name, status: image.status, size: image.size, visibility: image.visibility },
  };
}
