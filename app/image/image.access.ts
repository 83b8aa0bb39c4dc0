import type { Context } from '../contract/context.ts';
import type { EventName } from '../contract/events.ts';
import type { Queryable } from '../database/database.ts';
import type { NewEvent } from '../events/event.service.ts';
import { missing } from '../resource/missing.ts';
import type { ImageRepository } from './image.repository.ts';
import type { ImageRecord } from './image.tables.ts';

/** Glance's rules: who sees an image, and who may change it. */
export async function isVisible(
  repository: ImageRepository,
  context: Context,
  image: ImageRecord,
  query?: Queryable,
): Promise<boolean> {
  if (context.isAdmin || image.owner === null) return true;
  if (image.visibility === 'public' || image.visibility === 'community') return true;
  if (context.projectId === null) return false;
  if (image.owner === context.projectId) return true;
  if (image.visibility !== 'shared') return false;
  return (await repository.findMember(image.id, context.projectId, query)) !== undefined;
}

/** An image of another project that one may not see does not exist: 404. `query` is the transaction one is in. */
export async function findVisible(
  repository: ImageRepository,
  context: Context,
  id: string,
  options: { query?: Queryable; message?: string } = {},
): Promise<ImageRecord> {
  const image = await repository.find(id, options.query);
  if (!image || !(await isVisible(repository, context, image, options.query))) {
    throw missing(options.message ?? `No image found with ID ${id}`);
  }
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
