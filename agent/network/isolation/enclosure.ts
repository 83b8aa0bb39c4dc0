import { join } from 'node:path';
import type { IsolationPrograms } from './isolation-programs.ts';
import { namespaceRules } from './namespace-rules.ts';
import { RESOLVER_FILE } from './resolver.ts';
import type { SourcePorts } from './source-ports.ts';

/** File descriptor at which the new process says `closed`: from then on whatever it reaches it may reach. */
export const GATE_FD = 4;
export const GATE_WORD = 'closed\n';

/** Stays open and locked in the process as long as it lives: the system lets go of the lock however it ends. */
const LIFELINE_FD = 5;

/** Locked likewise: the ports are this guest's. */
const PORTS_FD = 6;

/**
 * Sockets and files the process may have open at once. Each connection of its guest is one, with buffers in QEMU, a socket
 * of pasta's on the host, and a place in what the host and routers track. Where the user may have fewer, it has those.
 */
export const MAX_OPEN = 4096;

/** The file that is locked while the process lives. `runtimeFolder` is the machine's. */
export function lifelineFile(runtimeFolder: string): string {
  return join(runtimeFolder, 'alive');
}

/**
 * Runs in the new namespaces and becomes the program. Its rights in them end with the last line: a guest that takes
 * QEMU over cannot open the namespace again. The group of the process may send echo requests, as on the host.
 */
const SCRIPT = `set -e
exec ${LIFELINE_FD}>"$5"
"$6" -x ${LIFELINE_FD}
"$1" "$2"
if [ -n "$3" ]; then mount --bind "$3" ${RESOLVER_FILE}; fi
for ports in $7; do
  exec ${PORTS_FD}>"$8/$ports"
  if "$6" -xn ${PORTS_FD}; then break; fi
done
echo "$ports" | tr - ' ' > /proc/sys/net/ipv4/ip_local_port_range
ulimit -n ${MAX_OPEN} || :
echo '0 0' > /proc/sys/net/ipv4/ping_group_range
echo ${GATE_WORD.trim()} >&${GATE_FD}
exec ${GATE_FD}>&-
setpriv=$4
shift 8
exec "$setpriv" --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

export interface Enclosure {
  hostAddresses: readonly string[];
  /** Takes the place of the host's; null for none. */
  resolverFile: string | null;
  /** Locked while the process lives. */
  lifeline: string;
  sourcePorts: SourcePorts;
}

/**
 * The command that runs a program in a user, network and mount namespace of its own, closed to the host before the
 * program begins. The process keeps its pid.
 */
export function enclose(
  programs: IsolationPrograms,
  enclosure: Enclosure,
  program: { binary: string; args: readonly string[] },
): { binary: string; args: string[] } {
  const { hostAddresses, resolverFile, lifeline, sourcePorts } = enclosure;
  const script = ['/bin/sh', '-c', SCRIPT, 'sh', programs.nft, namespaceRules(hostAddresses), resolverFile ?? ''];
  return {
    binary: programs.unshare,
    args: [
      '--user',
      '--map-root-user',
      '--net',
      '--mount',
      '--',
      ...script,
      programs.setpriv,
      lifeline,
      programs.flock,
      sourcePorts.blocks.join(' '),
      sourcePorts.folder,
      program.binary,
      ...program.args,
    ],
  };
}
