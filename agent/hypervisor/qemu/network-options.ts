import type { NetworkPlug } from '../../network/driver.ts';

/** A plug as what QEMU's `netdev_add` takes, without its id. */
export function netdevArguments(plug: NetworkPlug): Record<string, unknown> {
  const { addresses, forwards, leadsOutside, listensAt } = plug;
  if (addresses === null) return { type: 'user', ipv6: false };
  const { network, host, guest, nameserver } = addresses;
  return {
    ...{ type: 'user', ipv6: false, net: network, host, dhcpstart: guest },
    ...(nameserver !== null && { dns: nameserver }),
    ...(!leadsOutside && { restrict: true }),
    ...(forwards.length > 0 && {
      hostfwd: forwards.map(({ hostPort, guestPort }) => {
        return { str: `tcp:${listensAt ?? ''}:${hostPort}-${guest}:${guestPort}` };
      }),
    }),
  };
}

/** The same as the value of the option `-netdev`. */
export function netdevOption(plug: NetworkPlug): string {
  const { type, ...options } = netdevArguments(plug);
  return [type, ...Object.entries(options).flatMap(([name, value]) => written(name, value))].join(',');
}

function written(name: string, value: unknown): string[] {
  if (typeof value === 'boolean') return [`${name}=${value ? 'on' : 'off'}`];
  if (Array.isArray(value)) return value.map(({ str }) => `${name}=${str}`);
  return [`${name}=${value}`];
}
