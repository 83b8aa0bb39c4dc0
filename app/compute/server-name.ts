/** Longest label of a host name (RFC 1035, 2.3.4). */
const MAX_LABEL = 63;

/** A host name made of a display name, as Nova makes it: what cannot stand in one is left out. */
export function hostnameFrom(displayName: string, serverId: string): string {
  const plain = displayName
    .normalize('NFKD')
    .replace(/[ _.]/g, '-')
    .replace(/[^a-zA-Z0-9-]+/g, '')
    .toLowerCase()
    .replace(/^-+/, '')
    .slice(0, MAX_LABEL)
    .replace(/(?<!-)-+$/, '');
  return plain === '' ? `server-${serverId}` : plain;
}

/** Names of servers made by one request: `web-1`, `web-2`, ...; a single one keeps the name. */
export function numberedName(name: string, index: number, count: number): string {
  return count === 1 ? name : `${name}-${index + 1}`;
}
