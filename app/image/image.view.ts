import { seconds } from './glance.resource.ts';
import type { ImageRecord, MemberRecord } from './image.tables.ts';
import type { ImageMember, ImageView } from './image-answer.schema.ts';

/** An image as Glance v2 answers it: properties stand beside the attributes, which win. */
export function toImageView(image: ImageRecord): ImageView {
  return {
    ...image.properties,
    id: image.id,
    name: image.name,
    status: image.status,
    visibility: image.visibility,
    owner: image.owner,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    size: image.size,
    virtual_size: image.virtualSize,
    min_disk: image.minDisk,
    min_ram: image.minRam,
    checksum: image.checksum,
    os_hash_algo: image.hashAlgorithm,
    os_hash_value: image.hashValue,
    protected: image.isProtected,
    os_hidden: image.isHidden,
    tags: image.tags,
    created_at: seconds(image.createdAt),
    updated_at: seconds(image.updatedAt),
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
  };
}

export function toMemberView(member: MemberRecord): ImageMember {
  return {
    member_id: member.memberId,
    image_id: member.imageId,
    status: member.status,
    created_at: seconds(member.createdAt),
    updated_at: seconds(member.updatedAt),
    schema: '/v2/schemas/member',
  };
}
