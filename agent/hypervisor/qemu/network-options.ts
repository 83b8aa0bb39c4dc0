import type { NetworkPlug } from '../../network/driver.ts';

/** A plug as the value of QEMU's `-netdev`, without its id. */
export function netdevOption(plug: NetworkPlug): string {
  const options = ['user', 'ipv6=off'];
  const { addresses, forwards } = plug;
  if (addresses === null) return options.join(',');
  const { network, host, guest, nameserver } = addresses;
  options.push(`net=${network}`, `host=${host}`, `dhcpstart=${guest}`);
  if (nameserver !== null) options.push(`dns=${nameserver}`);
  if (!plug.leadsOutside) options.push('restrict=on');
  for (const { hostPort, guestPort } of forwards) {
    options.push(`hostfwd=tcp:${plug.listensAt ?? ''}:${hostPort}-${guest}:${guestPort}`);
  }
  return options.join(',');
}
