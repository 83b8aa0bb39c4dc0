import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The kernel's IPv4 routing tables, with what an interface that is down still holds; no interface list has all of it. */
const ROUTES = '/proc/net/fib_trie';

/** Every IPv4 address or block that leads to this host itself, as `192.0.2.2` or `203.0.113.0/24`, in a fixed order. */
export async function readHostAddresses(): Promise<string[]> {
  return parseHostAddresses(await readFile(ROUTES, 'latin1'));
}

/** A leaf `|-- ADDRESS` is followed by one line `/PREFIX SCOPE TYPE` for each of its routes. */
export function parseHostAddresses(routes: string): string[] {
  const found = new Set<string>();
  let leaf = '';
  for (const line of routes.split('\n')) {
    const address = /\|-- (\S+)$/.exec(line)?.[1];
    if (address !== undefined) leaf = address;
    const route = /^\s+\/(\d+) \S+ (LOCAL|BROADCAST|ANYCAST)\b/.exec(line);
    if (route !== null) found.add(route[1] === '32' ? leaf : `${leaf}/${route[1]}`);
  }
  return [...found].sort();
}

/**
 * Calls back after each change of the host's addresses and routes; `onEnd` when it cannot tell any more. The program
 * that tells ends with this process, however that ends.
 */
export function watchHostAddresses(
  programs: { ip: string; setpriv: string },
  onChange: () => void,
  onEnd: () => void,
): ChildProcess {
  const told = ['-4', '-oneline', 'monitor', 'address', 'route'];
  const monitor = spawn(programs.setpriv, ['--pdeathsig', 'KILL', programs.ip, ...told], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {},
  });
  monitor.stdout.on('data', onChange);
  monitor.once('error', onEnd);
  monitor.once('exit', onEnd);
  return monitor;
}
