import { randomInt } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The host's ports for what begins a conversation. */
const HOST_RANGE = '/proc/sys/net/ipv4/ip_local_port_range';

/** For each guest: that many conversations by UDP, and by TCP with each port of an address, at once. */
const BLOCK_PORTS = 512;

/**
 * Blocks of ports that guests may speak from, in the order to try them, and where each has a file that its user locks.
 * pasta takes the port a datagram comes from on the host as well, and shares it with whoever asks for it too: without
 * blocks a guest could take all of the host's, and would get the answers to other guests whose ports it has.
 */
export interface SourcePorts {
  /** As `32768-33279`. */
  blocks: string[];
  folder: string;
}

/** `agentFolder` is the agent's. */
export async function readSourcePorts(agentFolder: string): Promise<SourcePorts> {
  const folder = join(agentFolder, 'source-ports');
  const [range] = await Promise.all([readFile(HOST_RANGE, 'latin1'), mkdir(folder, { recursive: true, mode: 0o700 })]);
  const blocks = divide(range);
  // Agents of other folders on this host do not see the locks; so they seldom choose the same.
  const first = randomInt(blocks.length);
  return { blocks: [...blocks.slice(first), ...blocks.slice(0, first)], folder };
}

/** `range` is the kernel's two numbers. */
function divide(range: string): string[] {
  const [first = 0, last = 0] = range.trim().split(/\s+/).map(Number);
  const blocks: string[] = [];
  for (let at = first; at + BLOCK_PORTS - 1 <= last; at += BLOCK_PORTS) blocks.push(`${at}-${at + BLOCK_PORTS - 1}`);
  return blocks.length === 0 ? [`${first}-${last}`] : blocks;
}
