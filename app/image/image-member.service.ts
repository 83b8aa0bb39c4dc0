import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Database, Queryable } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import { findVisible, imageEvent } from './image.access.ts';
import type { ImageRepository } from './image.repository.ts';
import type { ImageRecord, MemberRecord } from './image.tables.ts';
import type { MemberStatus } from './image.values.ts';

const MAX_MEMBERS = 128;

/** Projects an image is shared with. The owner offers, the member accepts. */
export class ImageMemberService {
  readonly #database: Database;
  readonly #events: EventService;
  readonly #repository: ImageRepository;

  constructor(parts: { database: Database; events: EventService; repository: ImageRepository }) {
    this.#database = parts.database;
    this.#events = parts.events;
    this.#repository = parts.repository;
  }

  async add(context: Context, imageId: string, memberId: string): Promise<MemberRecord> {
    const image = await this.#sharedImage(context, imageId, `Not allowed to create members for image ${imageId}.`);
    const now = new Date().toISOString();
    const member: MemberRecord = { imageId: image.id, memberId, status: 'pending', createdAt: now, updatedAt: now };
    return await this.#database.transaction(async (trx) => {
      const members = await this.#repository.listMembers(image.id, trx);
      if (members.some((other) => other.memberId === memberId)) {
        throw new UserError('conflict', `Member ${memberId} is duplicated for image ${imageId}`);
      }
      if (members.length >= MAX_MEMBERS) {
        throw new UserError(
          'too_large',
          `Image member limit exceeded for image ${imageId}: ${MAX_MEMBERS} are allowed.`,
        );
      }
      await this.#repository.insertMember(trx, member);
      await this.#events.record(trx, context, { ...imageEvent('image.member.create', image), projectId: memberId });
      return member;
    });
  }

  async list(context: Context, imageId: string): Promise<MemberRecord[]> {
    const denied = `Not allowed to list members for image ${imageId}: Only shared images have members.`;
    const image = await this.#sharedImage(context, imageId, denied);
    const members = await this.#repository.listMembers(image.id);
    // A member learns of no other.
    return isOwner(context, image) ? members : members.filter(({ memberId }) => memberId === context.projectId);
  }

  async get(context: Context, imageId: string, memberId: string): Promise<MemberRecord> {
    const image = await findVisible(this.#repository, context, imageId, { message: `Image ${imageId} not found.` });
    if (image.visibility !== 'shared') throw new UserError('not_found', 'Only shared images have members.');
    if (!isOwner(context, image) && memberId !== context.projectId) throw noMember(memberId, imageId);
    return await this.#find(image, memberId);
  }

  /** A member says for itself whether the image shall appear in its lists; the owner may not. */
  async setStatus(context: Context, imageId: string, memberId: string, status: MemberStatus): Promise<MemberRecord> {
    const denied = `Not allowed to update members for image ${imageId}.`;
    const image = await this.#sharedImage(context, imageId, denied);
    return await this.#database.transaction(async (trx) => {
      const member = await this.#find(image, memberId, trx);
      await this.#events.record(trx, context, imageEvent('image.member.update', image));
      return await this.#repository.setMemberStatus(trx, member, status);
    });
  }

  async remove(context: Context, imageId: string, memberId: string): Promise<void> {
    const denied = `Not allowed to delete members for image ${imageId}.`;
    const image = await this.#sharedImage(context, imageId, denied);
    const member = await this.#find(image, memberId);
    await this.#database.transaction(async (trx) => {
      await this.#repository.deleteMember(trx, image.id, member.memberId);
      await this.#events.record(trx, context, { ...imageEvent('image.member.delete', image), projectId: memberId });
    });
  }

  async #sharedImage(context: Context, imageId: string, denied: string): Promise<ImageRecord> {
    const image = await findVisible(this.#repository, context, imageId, { message: `Image ${imageId} not found.` });
    if (image.visibility !== 'shared') throw new UserError('forbidden', denied);
    return image;
  }

  async #find(image: ImageRecord, memberId: string, on?: Queryable): Promise<MemberRecord> {
    const member = await this.#repository.findMember(image.id, memberId, on);
    if (!member) throw noMember(memberId, image.id);
    return member;
  }
}

function isOwner(context: Context, image: ImageRecord): boolean {
  return context.isAdmin || (image.owner !== null && image.owner === context.projectId);
}

function noMember(memberId: string, imageId: string): UserError {
  return new UserError('not_found', `${memberId} not found in the member list of the image ${imageId}.`);
}
