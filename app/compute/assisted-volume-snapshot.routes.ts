import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { parseJsonBody } from '../http/json-body.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { queryText, strictFrom75 } from './request-field.schema.ts';

const id = z.string().min(1).max(255);
const body = z.strictObject({
  snapshot: z.strictObject({
    volume_id: id,
    create_info: z.strictObject({
      snapshot_id: id,
      type: z.literal('qcow2'),
      new_file: z.string().min(1).max(4096),
      id: id.optional(),
    }),
  }),
});
const deleteFields = { delete_info: queryText.optional() };
const deleteInfo = z.looseObject({ volume_id: z.string() });

/** `/os-assisted-volume-snapshots`: for volumes that servers hold, of which there are none: refused as Nova does then. */
export function assistedVolumeSnapshotRoutes(): RouteDefinition[] {
  const rule = (verb: string) => `os_compute_api:os-assisted-volume-snapshots:${verb}`;
  return [
    route({
      method: 'POST',
      path: '/os-assisted-volume-snapshots',
      rule: rule('create'),
      body,
      handler: async ({ body: { snapshot } }) => {
        throw notAttached(snapshot.volume_id, 'snapshot.volume_id');
      },
    }),
    route({
      method: 'DELETE',
      path: '/os-assisted-volume-snapshots/:snapshotId',
      rule: rule('delete'),
      query: strictFrom75(() => deleteFields),
      handler: async ({ query }) => {
        throw notAttached(volumeOf(query.delete_info), 'delete_info');
      },
    }),
  ];
}

function notAttached(volumeId: string, field: string): UserError {
  return new UserError('bad_request', `No volume Block Device Mapping with id ${volumeId.slice(0, 255)}.`, { field });
}

function volumeOf(text: string | undefined): string {
  const read = deleteInfo.safeParse(parseJsonBody(text ?? ''));
  if (read.success) return read.data.volume_id;
  throw new UserError('bad_request', 'delete_info must be a JSON object with a volume_id.', { field: 'delete_info' });
}
