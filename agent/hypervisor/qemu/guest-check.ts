import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { OperationalError } from '../../../app/contract/errors.ts';
import type { GuestCheck } from '../../../app/contract/startup.ts';
import { connectWithin, isApart } from '../../network/isolation/namespace-connection.ts';
import { findFreePort } from '../../network/user/free-port.ts';
import { planUserNetwork } from '../../network/user/user-network.plan.ts';
import type { LiveQemu } from './live-qemu.ts';
import type { MachineRecord } from './machine-record.ts';

/** All of one question, milliseconds. */
const WITHIN_MS = 4_000;
const LOOK_EVERY_MS = 40;
/** Of an answer no more is read: the first line says all. */
const MOST_BYTES = 4096;
/** In the machine's namespace nobody else listens, and guests speak from ports of their own. */
const NAMESPACE_PORTS = [20_000, 30_000] as const;
const ATTEMPTS = 5;

/** What QEMU's network says of a connection that the guest has taken, also of one that either side has closed since. */
const TAKEN = new Set(['ESTABLISHED', 'CLOSE_WAIT', 'FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSING', 'LAST_ACK', 'TIME_WAIT']);

/** A machine of this host. */
interface Asked {
  readonly record: MachineRecord;
  /** Its process; null while it is off. */
  running(): Promise<LiveQemu | null>;
}

interface Place {
  netdev: string;
  address: string;
}

/**
 * Asks the guest once, over a way that is opened to one port of it for this question. In QEMU's user-mode network whoever
 * connects is taken at once, whatever the guest does, so that the guest has taken a connection is asked of QEMU. Answers
 * what is missing, or null where it is well.
 */
export async function checkGuest(machine: Asked, check: GuestCheck): Promise<string | null> {
  const live = await machine.running();
  if (live === null) return 'It is off.';
  const place = placeOf(machine.record);
  if (place === null) return 'It has no address at which it could be asked.';
  const signal = AbortSignal.timeout(WITHIN_MS);
  const way = await openWay(live, place, check.port);
  try {
    const stream = await connectWithin(live.identity.pid, way.port, signal);
    if (stream === null) return 'This host cannot ask its guests: socat is not installed.';
    try {
      return check.kind === 'tcp'
        ? await waitUntilTaken(live, stream, way.port, check.port, signal)
        : await askHttp(stream, place.address, check, signal);
    } finally {
      stream.destroy();
    }
  } finally {
    await way.close();
  }
}

/** The first of its ports that has an address. */
function placeOf({ spec, devices }: MachineRecord): Place | null {
  for (const port of spec.ports) {
    const fixedIp = port.fixedIps.find(({ ipAddress }) => ipAddress.includes('.'));
    const nic = devices.nics.find((each) => each.port === port.id);
    if (port.driver !== 'user' || fixedIp === undefined || nic === undefined) continue;
    return { netdev: nic.id.replace('nic', 'net'), address: planUserNetwork(fixedIp).guest };
  }
  return null;
}

async function openWay(
  { client, identity }: LiveQemu,
  { netdev, address }: Place,
  guestPort: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const hasNamespace = await isApart(identity.pid);
  let refused = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = hasNamespace ? randomInt(...NAMESPACE_PORTS) : await findFreePort('127.0.0.1');
    const forward = `tcp:127.0.0.1:${port}`;
    refused = (await client.executeHuman(`hostfwd_add ${netdev} ${forward}-${address}:${guestPort}`)).trim();
    if (refused !== '') continue;
    return {
      port,
      close: async () => {
        // Where QEMU has ended meanwhile, the way has too.
        await client.executeHuman(`hostfwd_remove ${netdev} ${forward}`).catch(() => undefined);
      },
    };
  }
  throw new OperationalError('hypervisor_failed', 'hypervisor', `No way to the guest could be opened: ${refused}`);
}

async function waitUntilTaken(
  { client }: LiveQemu,
  stream: Duplex,
  port: number,
  guestPort: number,
  signal: AbortSignal,
): Promise<string | null> {
  let hasSpoken = false;
  let isClosed = false;
  stream.on('data', () => {
    hasSpoken = true;
  });
  for (const end of ['end', 'close', 'error']) {
    stream.on(end, () => {
      isClosed = true;
    });
  }
  while (!signal.aborted) {
    if (hasSpoken || isTaken(await client.executeHuman('info usernet'), port)) return null;
    if (isClosed) return `Nothing listens at its port ${guestPort}.`;
    await delay(LOOK_EVERY_MS);
  }
  return `It does not answer at its port ${guestPort}.`;
}

/** Whether the guest has taken what came in at that port of its host, by what `info usernet` prints. */
export function isTaken(printed: string, port: number): boolean {
  return printed.split('\n').some((line) => {
    const found = /^\s*TCP\[(\w+)\]\s+\d+\s+\S+\s+(\d+)\s/.exec(line);
    return found !== null && Number(found[2]) === port && TAKEN.has(found[1] ?? '');
  });
}

async function askHttp(
  stream: Duplex,
  address: string,
  { path, port, status: wanted }: Extract<GuestCheck, { kind: 'http' }>,
  signal: AbortSignal,
): Promise<string | null> {
  const said = readStart(stream, signal);
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${address}:${port}`,
    'User-Agent: cumulet',
    'Connection: close',
    '',
    '',
  ];
  stream.write(lines.join('\r\n'));
  const answered = /^HTTP\/1\.[01] (\d{3})\b/.exec(await said)?.[1];
  if (answered === undefined) return `Its port ${port} does not answer as HTTP does.`;
  const status = Number(answered);
  const isWell = wanted === null ? status >= 200 && status < 400 : status === wanted;
  return isWell ? null : `It answers ${status} for ${path}.`;
}

/** The first line, or what there is of it when the stream or the time ends. */
async function readStart(stream: Duplex, signal: AbortSignal): Promise<string> {
  let said = '';
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (said.includes('\n') || said.length > MOST_BYTES) resolve();
    });
    for (const end of ['end', 'close', 'error']) stream.on(end, () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return said;
}
