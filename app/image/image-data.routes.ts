import { UserError } from '../contract/errors.ts';
import { contentMd5 } from '../http/content-md5.ts';
import { type ApiRequest, type RouteDefinition, route } from '../http/route.ts';
import { bad } from './image.schema.ts';
import type { ImageService } from './image.service.ts';
import { imageTarget } from './image.target.ts';
import { type DeclaredContent, STORE, wrongSize } from './image-store.ts';

const OCTETS = 'application/octet-stream';

/** `/v2/images/{id}/file`: bytes in and out, as streams. */
export function dataRoutes(images: ImageService): RouteDefinition[] {
  const { data } = images;
  const target = imageTarget(images);
  return [
    route({
      method: 'PUT',
      path: '/v2/images/:id/file',
      rule: 'upload_image',
      target,
      bodyTypes: [OCTETS],
      handler: async (request) => {
        const { context, params, raw } = request;
        requireOctets(raw.headers['content-type']);
        requireStore(raw.headers['x-image-meta-store']);
        await data.upload(context, params.id, raw.raw, declaredOf(request));
      },
    }),
    route({
      method: 'GET',
      path: '/v2/images/:id/file',
      rule: 'download_image',
      target,
      answerTypes: [OCTETS],
      handler: async ({ context, params, raw, reply }) => {
        const download = await data.download(context, params.id, raw.headers);
        if (!download) return undefined;
        const { stream, size, range, checksum } = download;
        reply.header('content-type', OCTETS);
        reply.header('content-length', Math.max(0, range.end - range.start + 1));
        reply.header('accept-ranges', 'bytes');
        if (checksum !== null) {
          reply.header('content-md5', checksum).header('etag', `"${checksum}"`);
          if (isKnown(raw.headers['if-none-match'], checksum)) {
            stream.destroy();
            reply.removeHeader('content-length').removeHeader('content-type').code(304);
            return await reply.send();
          }
        }
        if (range.isPartial) {
          reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
        } else {
          reply.code(200);
        }
        return await reply.send(stream);
      },
    }),
  ];
}

/** `If-None-Match`: the client has these very bytes (RFC 9110, 13.1.2). */
function isKnown(header: string | undefined, checksum: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(`"${checksum}"`);
}

function requireOctets(type: string | undefined): void {
  if (type?.split(';')[0]?.trim().toLowerCase() === 'application/octet-stream') return;
  throw new UserError('unsupported_media_type', 'Image data must be sent with Content-Type application/octet-stream.');
}

function requireStore(name: string | string[] | undefined): void {
  if (name === undefined || name === STORE) return;
  throw bad(`There is no store ${name}. The one there is has the name ${STORE}.`, 'x-image-meta-store');
}

/** What the client says of the bytes that will come; of a length, its own header for it counts as the one of the body. */
function declaredOf({ raw: { headers } }: ApiRequest<unknown, unknown>): DeclaredContent {
  if (headers['content-range'] !== undefined) {
    throw bad('Image data is sent whole: a part of it, as Content-Range says, cannot be taken.', 'content-range');
  }
  const [announced, length] = [headers['x-openstack-image-size'], headers['content-length']];
  if (announced !== undefined && (typeof announced !== 'string' || !/^\d{1,16}$/.test(announced))) {
    throw bad('Invalid or missing image size in request headers.', 'x-openstack-image-size');
  }
  if (announced !== undefined && length !== undefined && Number(announced) !== Number(length)) {
    throw wrongSize(Number(announced), Number(length));
  }
  const bytes = announced ?? length;
  return { bytes: bytes === undefined ? undefined : Number(bytes), md5: contentMd5(headers['content-md5']) };
}
