import { listServers } from '../../api/compute.api.ts';
import { listImages } from '../../api/image.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { readSession } from '../../api/session.ts';
import { getRights } from '../../api/v1.api.ts';
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
    const rights = await queryClient.ensureQueryData({
      queryKey: keys.rights.of(session.token),
      queryFn: ({ signal }) => getRights(signal),
    });
    // First steps lead to a first machine: of no use to whoever only looks.
    if (!rights['os_compute_api:servers:create']?.allowed) return '/machines';
    return wantsWelcome({ isDismissed, servers, images, projectId: session.project?.id ?? '' })
      ? '/welcome'
      : '/machines';
  } catch {
    // The list of machines says what is wrong, and offers to try again.
    return '/machines';
  }
}
