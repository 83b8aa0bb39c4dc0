import type { Attributes } from '../policy/policy-expression.ts';
import type { Frame } from './glance.resource.ts';
import type { ImageRecordService } from './image-record.service.ts';

/** What Glance's rules look at. Of an image that is not there, or not to be seen, nothing: its route answers 404. */
export function imageTarget({
  records,
}: {
  records: Pick<ImageRecordService, 'find'>;
}): (request: Pick<Frame, 'context' | 'params'>) => Promise<Attributes> {
  return async ({ context, params }) => {
    const image = await records.find(context, params.id ?? '');
    if (!image) return { member_id: context.projectId, visibility: 'private' };
    const { owner, visibility } = image;
    // Whoever sees the image of another project because it is shared is a member of it.
    return { project_id: owner, owner, visibility, member_id: context.projectId };
  };
}
