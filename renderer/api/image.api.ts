import type { ImageMember, ImageView } from '../../app/contract/generated/image/images.api.ts';
import { t } from '../i18n/i18n.ts';
import { CloudError, parseFault } from './cloud-error.ts';
import { type BodyOf, call } from './request.ts';
import { readSession } from './session.ts';

const PAGE_SIZE = 1000;

export async function listImages(signal?: AbortSignal): Promise<ImageView[]> {
  const images: ImageView[] = [];
  let marker: string | undefined;
  do {
    const page = await call('GET /image/v2/images', { query: { limit: PAGE_SIZE, marker }, signal });
    images.push(...page.images);
    marker = page.next === undefined ? undefined : page.images.at(-1)?.id;
  } while (marker !== undefined);
  return images;
}

export function getImage(id: string, signal?: AbortSignal): Promise<ImageView> {
  return call('GET /image/v2/images/:id', { params: { id }, signal });
}

export type NewImage = BodyOf<'POST /image/v2/images'>;

/** A record without bytes (`queued`); {@link uploadImageFile} fills it. */
export function createImage(image: NewImage): Promise<ImageView> {
  return call('POST /image/v2/images', { body: image });
}

export interface ImagePatch {
  op: 'add' | 'replace' | 'remove';
  /** `/name`, `/min_disk`, `/<property>`; `~` and `/` in names escaped as RFC 6901 says. */
  path: string;
  value?: unknown;
}

export function updateImage(id: string, patch: ImagePatch[]): Promise<ImageView> {
  const contentType = 'application/openstack-images-v2.1-json-patch';
  return call('PATCH /image/v2/images/:id', { params: { id }, body: patch, contentType });
}

export async function deleteImage(id: string): Promise<void> {
  await call('DELETE /image/v2/images/:id', { params: { id } });
}

/** Takes an image out of use, or back into it: the record stays, the bytes are withheld meanwhile. */
export async function setImageActive(id: string, isActive: boolean): Promise<void> {
  const name = isActive
    ? 'POST /image/v2/images/:id/actions/reactivate'
    : 'POST /image/v2/images/:id/actions/deactivate';
  await call(name, { params: { id } });
}

export type { ImageMember };

export async function listImageMembers(id: string, signal?: AbortSignal): Promise<ImageMember[]> {
  return (await call('GET /image/v2/images/:id/members', { params: { id }, signal })).members;
}

export function addImageMember(id: string, projectId: string): Promise<ImageMember> {
  return call('POST /image/v2/images/:id/members', { params: { id }, body: { member: projectId } });
}

export async function removeImageMember(id: string, projectId: string): Promise<void> {
  await call('DELETE /image/v2/images/:id/members/:memberId', { params: { id, memberId: projectId } });
}

/** A link that a browser can download from needs a token in the header, so the bytes come through here. */
export function imageFilePath(id: string): string {
  return `/image/v2/images/${encodeURIComponent(id)}/file`;
}

/** Sends the bytes. XMLHttpRequest, because `fetch` tells nothing of how far an upload is. */
export function uploadImageFile(
  id: string,
  file: Blob,
  options: { onProgress: (sentBytes: number) => void; signal: AbortSignal },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const xhr = new XMLHttpRequest();
  xhr.open('PUT', imageFilePath(id));
  xhr.setRequestHeader('x-auth-token', readSession()?.token ?? '');
  xhr.setRequestHeader('content-type', 'application/octet-stream');
  // Glance's refusals are HTML to whoever does not say so.
  xhr.setRequestHeader('accept', 'application/json');
  xhr.upload.onprogress = (event) => options.onProgress(event.loaded);
  xhr.onload = () => {
    if (xhr.status >= 200 && xhr.status < 300) return resolve();
    const requestId = xhr.getResponseHeader('x-openstack-request-id') ?? undefined;
    reject(parseFault(xhr.status, xhr.responseText, requestId));
  };
  xhr.onerror = () =>
    reject(
      new CloudError(t('design:fault.uploadBroke'), {
        status: 0,
        code: 'unavailable',
        hint: t('design:fault.uploadBrokeHint'),
      }),
    );
  xhr.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
  options.signal.addEventListener('abort', () => xhr.abort(), { once: true });
  xhr.send(file);
  return promise;
}
