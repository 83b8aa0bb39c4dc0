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
    for (const fixed of port.fixedIps) {
      for (const server of fixed.dnsNameservers) nameservers.add(server);
      networks.push({
        id: `network${networks.length}`,
        // The address comes by DHCP: every network driver serves it there.
        type: 'ipv4_dhcp',
        link,
        network_id: port.networkId,
      });
    }
  }
  return { links, networks, services: [...nameservers].map((address) => ({ type: 'dns', address })) };
}
