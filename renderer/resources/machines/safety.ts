import type { ImageView, ServerView } from '../../../app/contract/openstack.ts';
import { SAFETY } from '../../../app/contract/safety.ts';

/** An image that was made of a machine before something was done to it. */
export interface SafetySnapshot {
  image: ImageView;
  /** As it is named in `safety.*` of the texts. */
  verb: 'rebuild' | 'resize' | 'revertResize';
  /** What the machine was. */
  flavor: string;
  name: string;
  /** ISO time at which it goes. */
  until: string;
}

const VERBS: readonly string[] = ['rebuild', 'resize', 'revertResize'] satisfies SafetySnapshot['verb'][];

/** Null where the image is none, or is none any more. */
export function safetyOf(image: ImageView): SafetySnapshot | null {
  const told = (name: string): string => (typeof image[name] === 'string' ? image[name] : '');
  const verb = told(SAFETY.mark);
  if (!VERBS.includes(verb)) return null;
  const facts = { flavor: told(SAFETY.flavor), name: told(SAFETY.name), until: told(SAFETY.until) };
  return { image, verb: verb as SafetySnapshot['verb'], ...facts };
}

/** Images that were made of a machine, the newest first. */
export function imagesOf(server: Pick<ServerView, 'id'>, images: readonly ImageView[]): ImageView[] {
  return images
    .filter((image) => image.instance_uuid === server.id)
    .toSorted((one, other) => (one.created_at < other.created_at ? 1 : -1));
}

/**
 * What leads back to before the last thing that was done behind a snapshot; null where that has been taken back. A resize that
 * waits to be confirmed has a way back of its own.
 */
export function wayBack(server: ServerView, images: readonly ImageView[]): SafetySnapshot | null {
  const [last] = imagesOf(server, images).flatMap((image) => safetyOf(image) ?? []);
  if (last?.image.status !== 'active' || server.status === 'VERIFY_RESIZE') return null;
  const isUndone = server.image !== '' && server.image.id === last.image.id;
  const isReverted = last.verb === 'resize' && server.flavor.original_name === last.flavor;
  return isUndone || isReverted ? null : last;
}
