/** Link-local and never handed out by anybody (RFC 3927, section 2.1): they hide nothing of the outside. */
export const OUTSIDE = {
  gateway: '169.254.0.1',
  /** The namespace's own. */
  address: '169.254.0.2',
  /** Leads to the host's resolver, port 53 only, for hosts whose resolver listens on the host itself. */
  nameserver: '169.254.0.3',
  netmask: '255.255.255.248',
} as const;

/**
 * Where providers of virtual hosts answer whoever asks from the host, also with its secrets: the link (EC2, OpenStack,
 * Google and most others), and the addresses of Alibaba Cloud, Oracle and Azure.
 */
export const PROVIDER_SERVICES = ['169.254.0.0/16', '100.100.100.200', '192.0.0.192', '168.63.129.16'] as const;

const TABLE = 'inet cumulet';
const SET = 'host';

/**
 * What closes a namespace to its host, in nftables' language. Refused rather than dropped, so that a program in the
 * guest hears at once. Beside the host's addresses these lead to the host or to what serves the host alone:
 * {@link PROVIDER_SERVICES}, and groups, which programs of the host have joined.
 */
export function namespaceRules(hostAddresses: readonly string[]): string {
  return `table ${TABLE} {
  set ${SET} {
    type ipv4_addr
    flags interval
    auto-merge
    ${elements(hostAddresses)}
  }
  chain output {
    type filter hook output priority filter; policy accept;
    oifname "lo" accept
    meta nfproto ipv6 drop
    ip daddr ${OUTSIDE.nameserver} udp dport 53 accept
    ip daddr { 0.0.0.0/8, 127.0.0.0/8, ${PROVIDER_SERVICES.join(', ')}, 224.0.0.0/4, 255.255.255.255 } jump refuse
    ip daddr @${SET} jump refuse
  }
  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject with icmpx type admin-prohibited
  }
}
`;
}

/** Puts other addresses of the host in the place of those a namespace has; all at once or not at all. */
export function hostAddressesUpdate(hostAddresses: readonly string[]): string {
  const added = hostAddresses.length === 0 ? '' : `add element ${TABLE} ${SET} { ${hostAddresses.join(', ')} }\n`;
  return `flush set ${TABLE} ${SET}\n${added}`;
}

function elements(addresses: readonly string[]): string {
  return addresses.length === 0 ? '' : `elements = { ${addresses.join(', ')} }`;
}
