import type { ImageView, ServerView } from '../../../app/contract/openstack.ts';

const STORAGE_KEY = 'cumulet.welcome.dismissed';

/** The person has seen the first steps, or does not want to. */
export function isWelcomeDismissed(storage: Pick<Storage, 'getItem'> = localStorage): boolean {
  return storage.getItem(STORAGE_KEY) !== null;
}

export function dismissWelcome(storage: Pick<Storage, 'setItem'> = localStorage): void {
  storage.setItem(STORAGE_KEY, new Date().toISOString());
}

export interface WelcomeSituation {
  isDismissed: boolean;
  servers: readonly Pick<ServerView, 'id'>[];
  images: readonly Pick<ImageView, 'owner'>[];
  projectId: string;
}

/** Whether the first steps come by themselves: a project with nothing in it, of someone who has not waved them away. */
export function wantsWelcome({ isDismissed, servers, images, projectId }: WelcomeSituation): boolean {
  return !isDismissed && servers.length === 0 && !images.some((image) => image.owner === projectId);
}
