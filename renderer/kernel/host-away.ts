import type { ServerView } from '../../app/contract/openstack.ts';
import type { HostView } from '../../app/contract/v1.ts';

type KnownHost = Pick<HostView, 'name' | 'isAway' | 'projectHostId'>;

/** Administrators are told a machine's host by name, everybody what their project calls it. */
export function isOnAwayHost(server: ServerView, hosts: readonly KnownHost[]): boolean {
  const name = server['OS-EXT-SRV-ATTR:hypervisor_hostname'];
  return hosts.some(
    (host) =>
      host.isAway && (host.name === name || (host.projectHostId !== '' && host.projectHostId === server.hostId)),
  );
}

/** There are hosts, and none can be reached: what is launched now waits in vain. */
export function areAllAway(hosts: readonly KnownHost[] | undefined): boolean {
  return hosts?.every((host) => host.isAway) ?? false;
}
