import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Transaction } from '../database/database.ts';
import type { RouteDefinition } from '../http/route.ts';
import type { Scope } from '../resource/collection-query.ts';
import { missing } from '../resource/missing.ts';
import { Resource, type ResourceParts } from '../resource/resource.ts';
import { type Frame, glance } from './glance.resource.ts';
import { findVisible, imageEvent } from './image.access.ts';
import type { ImageRepository } from './image.repository.ts';
import { type ImageRecord, imageMembers, type MemberRecord } from './image.tables.ts';
import { imageTarget } from './image.target.ts';
import { MEMBER_STATUSES } from './image.values.ts';
import { toMemberView } from './image.view.ts';
import { memberListAnswer, memberSchema } from './image-answer.schema.ts';
import type { ImageRecordService } from './image-record.service.ts';

const MAX_MEMBERS = 128;
/** What a request wants of members, for its refusal. */
const WANTED: Readonly<Record<string, string>> = { POST: 'create', GET: 'list', PUT: 'update', DELETE: 'delete' };

export interface ImageMembers {
  readonly records: Resource<MemberRecord>;
  /** Throws where the image has no members, or none that the caller learns of. */
  readonly scopeOf: (frame: Frame, on?: Transaction) => Promise<Scope<MemberRecord> & { is: { imageId: string } }>;
}

/** Projects an image is shared with. The owner offers, the member accepts. */
export function imageMemberResource(parts: ResourceParts & { repository: ImageRepository }): ImageMembers {
  const { repository } = parts;
  const records: Resource<MemberRecord> = new Resource<MemberRecord>(
    {
      table: imageMembers,
      id: 'memberId',
      notFound: (id, { is }) => missing(`${id} not found in the member list of the image ${is?.imageId}.`),
      events: { created: 'image.member.create', updated: 'image.member.update', deleted: 'image.member.delete' },
      // An event is of the image. Who is offered it, or no longer, is told; what a member says, the owner.
      told: async ({ imageId, memberId }, _context, event, trx) => {
        const image = await repository.find(imageId, trx);
        const told = image && imageEvent(event, image);
        return { ...told, ...(event !== 'image.member.update' && { projectId: memberId }) };
      },
      unique: [
        {
          attributes: ['imageId', 'memberId'],
          taken: ({ imageId, memberId }) =>
            new UserError('conflict', `Member ${memberId} is duplicated for image ${imageId}`),
        },
      ],
      check: async (trx, { imageId }, stored) => {
        if (stored || (await records.store.count({ is: { imageId } }, trx)) < MAX_MEMBERS) return;
        const message = `Image member limit exceeded for image ${imageId}: ${MAX_MEMBERS} are allowed.`;
        throw new UserError('too_large', message);
      },
    },
    parts,
  );
  return {
    records,
    scopeOf: async ({ context, params, raw: { method } }, on) => {
      const { id = '', memberId } = params;
      const image = await findVisible(repository, context, id, { query: on, message: `Image ${id} not found.` });
      const isRead = method === 'GET' || method === 'HEAD';
      if (image.visibility !== 'shared') {
        if (isRead && memberId !== undefined) throw missing('Only shared images have members.');
        const why = isRead ? ': Only shared images have members.' : '.';
        throw new UserError('forbidden', `Not allowed to ${WANTED[method]} members for image ${id}${why}`);
      }
      // A member learns of no other.
      const isOwn = sql<boolean>`member_id = ${context.projectId}`;
      return { is: { imageId: image.id }, ...(isRead && !isOwner(context, image) && { also: [isOwn] }) };
    },
  };
}

/** `/v2/images/{id}/members`. */
export function memberRoutes({
  members,
  records,
}: {
  members: ImageMembers;
  records: Pick<ImageRecordService, 'find'>;
}): RouteDefinition[] {
  const target = imageTarget({ records });
  const of = glance<MemberRecord>({
    records: members.records,
    ...{ path: '/v2/images/:id/members', param: 'memberId', schema: memberSchema, view: toMemberView, target },
    scope: (frame, on) => members.scopeOf(frame, on),
  });
  return [
    of.create({
      rule: 'add_member',
      status: 200,
      body: z.looseObject({ member: z.string().min(1).max(255) }),
      make: async (request, { member: memberId }) =>
        await members.records.create(request.context, async (trx) => {
          const { is } = await members.scopeOf(request, trx);
          const now = new Date().toISOString();
          return { imageId: is.imageId, memberId, status: 'pending', createdAt: now, updatedAt: now };
        }),
    }),
    of.list({
      rule: 'get_members',
      ...{ many: 'members', answer: memberListAnswer, schema: '/v2/schemas/members' },
      order: [{ attribute: 'createdAt', direction: 'asc' }],
    }),
    of.show({ rule: 'get_member' }),
    of.update({
      rule: 'modify_member',
      // A member says for itself whether the image shall appear in its lists; the owner may not.
      target: async (request) => ({ ...(await target(request)), member_id: request.params.memberId }),
      body: z.looseObject({ status: z.enum(MEMBER_STATUSES) }),
      change: (stored, { status }) => ({ ...stored, status, updatedAt: new Date().toISOString() }),
    }),
    of.delete({ rule: 'delete_member' }),
  ];
}

function isOwner({ isAdmin, projectId }: Context, { owner }: ImageRecord): boolean {
  return isAdmin || (owner !== null && owner === projectId);
}
