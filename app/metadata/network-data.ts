import { Address4 } from 'ip-address';
import type { MachinePort } from '../contract/machine.ts';

/**
 * `network_data.json` as Nova writes it (schema: doc/api_schemas/network_data.json of Nova): links are the machine's
 * cards, networks what runs on them, services what they share.
 */
export function networkData(ports: readonly MachinePort[]): Record<string, unknown> {
  const links: unknown[] = [];
  const networks: unknown[] = [];
  const nameservers = new Set<string>();
  for (const port of ports) {
    const link = `tap${port.id.slice(0, 11)}`;
    links.push({ id: link, vif_id: port.id, type: 'tap', mtu: port.mtu, ethernet_mac_address: port.mac });
    const [served, ...further] = port.fixedIps;
    if (!served) continue;
    const on = { link, network_id: port.networkId };
    // The first address comes by DHCP: every network driver serves it there, with the gateway. The others come from here alone.
    networks.push({ id: `network${networks.length}`, type: 'ipv4_dhcp', ...on });
    for (const { ipAddress: ip_address, cidr } of further) {
      const netmask = netmaskOf(cidr);
      networks.push({ id: `network${networks.length}`, type: 'ipv4', ip_address, netmask, routes: [], ...on });
    }
    for (const server of served.dnsNameservers) nameservers.add(server);
  }
  return { links, networks, services: [...nameservers].map((address) => ({ type: 'dns', address })) };
}

function netmaskOf(cidr: string): string {
  return Address4.fromBigInt(2n ** 32n - 2n ** BigInt(32 - new Address4(cidr).subnetMask)).address;
}
