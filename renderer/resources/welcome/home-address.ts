import { listServers } from '../../api/compute.api.ts';
import { listImages } from '../../api/image.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { readSession } from '../../api/session.ts';
import { isWelcomeDismissed, wantsWelcome } from './welcome-conditions.ts';

/** Where `/` leads: to the first steps while there is nothing, else to the machines. */
export async function homeAddress(): Promise<'/welcome' | '/machines'> {
  const isDismissed = isWelcomeDismissed();
  const session = readSession();
  if (isDismissed || !session) return '/machines';
  try {
    const [servers, images] = await Promise.all([
      queryClient.ensureQueryData({ queryKey: keys.servers.list, queryFn: ({ signal }) => listServers(signal) }),
      queryClient.ensureQueryData({ queryKey: keys.images.list, queryFn: ({ signal }) => listImages(signal) }),
    ]);
    return wantsWelcome({ isDismissed, servers, images, projectId: session.project?.id ?? '' })
      ? '/welcome'
      : '/machines';
  } catch {
    // The list of machines says what is wrong, and offers to try again.
    return '/machines';
  }
}
