import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError } from '../../../app/contract/errors.ts';
import { lifelineFile } from '../isolation/enclosure.ts';
import {
  endStrayHelpers,
  findHelpers,
  type HelperKind,
  type HelperProcess,
  startHelper,
} from '../isolation/helper-process.ts';
import type { IsolationPrograms } from '../isolation/isolation-programs.ts';

/** Where guests look for what they are told, in every cloud. */
const ADDRESS = '169.254.169.254';
const PORT = 80;

/** The socket of the agent for one machine, in its runtime folder. */
export const SOCKET = 'metadata';

/** Questions of one guest that are answered at once; more wait in the kernel. */
export const MOST_AT_ONCE = 16;
/** Connections of one guest in the long run, a second, and more than that once: booting asks some fifty things. */
const RATE = 20;
const BURST = 100;
/** A connection on which nothing moves ends, seconds. */
const SILENCE = 30;

const NAME = 'metadata-relay';
const WORD = 'serves\n';
const TARGET = /^-lpcumulet-(\d+)$/;

const RELAY: HelperKind = {
  name: NAME,
  targetOf: (args) => {
    const target = args.map((each) => TARGET.exec(each)?.[1]).find((each) => each !== undefined);
    return target === undefined ? null : Number(target);
  },
};

/** What comes too fast is dropped before anybody hears of it: the guest's network tries again a second later. */
const RULES = `table inet cumulet_metadata
delete table inet cumulet_metadata
table inet cumulet_metadata {
  chain output {
    type filter hook output priority filter - 10; policy accept;
    ip daddr ${ADDRESS} tcp dport ${PORT} tcp flags syn / syn,ack limit rate over ${RATE}/second burst ${BURST} packets drop
  }
}
`;

/**
 * Runs in the namespace of a machine. The address is one of its loopback, so that nothing of it leaves the namespace, and
 * the relay has no rights there. Whoever started it then waits for the lock on the lifeline, which is free once the machine's
 * process is gone, and ends the group. In the kernel's list of sockets 50 is the port, and 0A that one listens there. The rule is
 * there before anybody is told.
 */
const START = `set -e
listens() {
  while read -r line; do
    case $line in *':0050 00000000:0000 0A '*) return 0 ;; esac
  done </proc/net/tcp
  return 1
}
exec 3>>"$1"
"$2" -batch - <<COMMANDS
address replace ${ADDRESS}/32 dev lo
link set lo up
COMMANDS
echo ${PORT} > /proc/sys/net/ipv4/ip_unprivileged_port_start
nft=$3 rules=$4 setpriv=$6 flock=$7
cd "$5"
shift 7
"$setpriv" --no-new-privs --bounding-set=-all --inh-caps=-all "$@" 3>&- >/dev/null 2>&1 &
"$nft" "$rules"
tries=0
until listens; do
  tries=$((tries + 1))
  if [ $tries -gt 500 ]; then echo "it does not listen" >&2; exit 1; fi
  sleep 0.02
done
trap '' PIPE
echo ${WORD.trim()} || :
exec "$flock" -s /dev/fd/3 /bin/sh -c 'kill -KILL 0' >/dev/null 2>&1
`;

/**
 * Answers at {@link ADDRESS} in the namespace of a process: what comes there goes to {@link SOCKET}, so that who asks is
 * known by where it asks. It runs on by itself, whatever becomes of the agent, until the process is gone, and waits some
 * seconds for an agent that is being started again.
 */
export async function startRelay(
  programs: IsolationPrograms & { socat: string },
  machine: { target: number; runtimeFolder: string; signal: AbortSignal },
): Promise<void> {
  const { target, runtimeFolder, signal } = machine;
  const name = join(runtimeFolder, NAME);
  await rm(name, { force: true });
  await symlink(programs.socat, name);
  const into = ['--target', String(target), '--user', '--net', '--preserve-credentials', '--'];
  const tools = [lifelineFile(runtimeFolder), programs.ip, programs.nft, RULES];
  const relay = [
    ...[name, `-lpcumulet-${target}`, `-t${SILENCE}`, `-T${SILENCE}`],
    `TCP4-LISTEN:${PORT},bind=${ADDRESS},reuseaddr,fork,max-children=${MOST_AT_ONCE},backlog=64`,
    // Half a minute at most, as a socket file is missing or nobody listens at it: long enough for an agent's start.
    `UNIX-CONNECT:${SOCKET},retry=40,interval=0.5`,
  ];
  const script = ['/bin/sh', '-c', START, 'sh', ...tools, runtimeFolder, programs.setpriv, programs.flock, ...relay];
  const said = await startHelper({ binary: programs.nsenter, args: [...into, ...script] }, WORD, signal);
  if (said === null) return;
  const message = `The metadata service of the machine could not be started (socat): ${said.trim() || 'it ended'}`;
  throw new OperationalError('hypervisor_failed', 'agent', message);
}

/** All that this user has on this host, of whichever data folder; also those that answer one question just now. */
export function findRelays(): Promise<HelperProcess[]> {
  return findHelpers(RELAY);
}

/** Ends those of `which` whose machine does not run any more. */
export function endStrayRelays(which: (relay: HelperProcess) => boolean): Promise<void> {
  return endStrayHelpers(RELAY, which);
}
