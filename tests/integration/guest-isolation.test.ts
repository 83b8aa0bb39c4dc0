import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promises as dns } from 'node:dns';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud, until } from '../cloud.ts';
import { parentOf, processesNaming } from '../faults/process-table.ts';
import { ComputeClient } from './compute-client.ts';
import { uploadGuest } from './guest-image.ts';
import { SerialTerminal } from './serial-terminal.ts';

const run = promisify(execFile);
/** Only root may make a network beside the host, and give the host another address. */
const isRoot = process.getuid?.() === 0;
const LINK = `cumulet-${process.pid % 10_000}`;
/** Addresses for documentation (RFC 5737): the host's end of a cable, and the other. */
const HOST_END = '203.0.113.1';
const OUTSIDE = '203.0.113.2';
const NEW_ADDRESSES = ['203.0.113.65', '203.0.113.66'] as const;
/** Where providers of virtual hosts tell a host, and whoever asks from it, its secrets: Alibaba Cloud, Oracle. */
const PROVIDER_SERVICES = ['100.100.100.200', '192.0.0.192'];

let cloud: TestCloud;
let compute: ComputeClient;
let askingId: string;
let terminal: SerialTerminal;
let otherTerminal: SerialTerminal;
let outside: ChildProcess | null = null;
const listeners: Server[] = [];
/** What must stay out of reach: ports of the host. */
const ports: number[] = [];
/** Datagrams that came outside, and from which port of the host. */
const heard: { port: number; text: string }[] = [];

beforeAll(async () => {
  cloud = await startCloud();
  compute = new ComputeClient(cloud);
  const image = await uploadGuest(cloud);
  const [asking, other] = await Promise.all(
    ['asking', 'other'].map((name) => compute.launch(image, { name, adminPass: 'secret' })),
  );
  await Promise.all([asking, other].map((server) => compute.settled(server?.id ?? '', 'ACTIVE')));
  const { forwards } = await compute.mustCall('GET', `/v1/servers/${other?.id}/access`);
  ports.push(Number(new URL(cloud.url).port), await listen('127.0.0.1'), await listen('0.0.0.0'), forwards[0].hostPort);
  if (isRoot) outside = await openOutside();
  askingId = asking?.id ?? '';
  [terminal, otherTerminal] = await Promise.all([signIn(askingId), signIn(other?.id ?? '')]);
});

afterAll(async () => {
  terminal?.close();
  otherTerminal?.close();
  if (outside !== null) outside.kill('SIGKILL');
  if (isRoot) await run('ip', ['link', 'del', LINK]).catch(() => undefined);
  for (const server of listeners) server.close();
  await cloud?.close();
});

test('the guest has its address, its metadata and a way out', async () => {
  expect(await terminal.ask('ip route')).toMatch(/default via/);
  expect(await terminal.ask('hostname')).toBe('asking');
});

test('neither the controller, nor what listens on any address of the host, nor the way into another guest', async () => {
  const [gateway = ''] = /(?<=default via )\S+/.exec(await terminal.ask('ip route')) ?? [];
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const addresses = own.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  for (const address of [gateway, ...addresses]) expect(await reached(address, ports), address).toEqual([]);
  // What would be seen if they were reached: the guest's own SSH server by the same command.
  expect(await reached('127.0.0.1', [22])).toEqual(['22 SSH-2.0']);
});

test('nor by the addresses of a loopback interface, asked for on the wire', async () => {
  const [gateway = ''] = /(?<=default via )\S+/.exec(await terminal.ask('ip route')) ?? [];
  await terminal.ask('echo 1 | tee /proc/sys/net/ipv4/conf/*/route_localnet; ip addr del 127.0.0.1/8 dev lo');
  await terminal.ask(`ip route add 127.0.0.0/8 via ${gateway}`);
  for (const address of ['127.0.0.1', '127.0.0.2']) expect(await reached(address, ports), address).toEqual([]);
  await terminal.ask('ip route del 127.0.0.0/8; ip addr add 127.0.0.1/8 dev lo');
});

test('names are resolved as on the host', async () => {
  // `.invalid` exists nowhere: that it does not is an answer (RFC 6761).
  const hostHears = await dns.resolve4('cumulet.invalid').catch((error) => error.code);
  const guestHears = await terminal.ask('nslookup cumulet.invalid');
  expect(/NXDOMAIN|SERVFAIL|REFUSED|can't find/.test(guestHears)).toBe(
    ['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'EREFUSED'].includes(hostHears),
  );
});

test.runIf(isRoot)('the outside is reached, the host is not by the address it has there', async () => {
  expect(await reached(OUTSIDE, [80])).toEqual(['80 outside']);
  expect(await reached(HOST_END, ports)).toEqual([]);
});

test.runIf(isRoot)('an address the host is given while the guest runs is out of reach as well', async () => {
  await closed(NEW_ADDRESSES[0]);
  // What tells the agent of addresses is a process of its own, which something else may end.
  const watches = processesNaming('monitor').filter(
    ({ pid, commandLine }) => commandLine[0]?.endsWith('ip') && parentOf(pid) === process.pid,
  );
  expect(watches).toHaveLength(1);
  for (const { pid } of watches) process.kill(pid, 'SIGKILL');
  await closed(NEW_ADDRESSES[1]);
  expect(await reached(OUTSIDE, [80])).toEqual(['80 outside']);
});

/** Gives the host the address; it becomes unreachable when the agent has heard of it. */
async function closed(address: string): Promise<void> {
  await run('ip', ['address', 'add', `${address}/32`, 'dev', LINK]);
  await until('the new address to be closed', 30, async () =>
    (await reached(address, ports)).length === 0 ? true : undefined,
  );
}

test.runIf(isRoot)("nor what the host's provider tells the host", async () => {
  for (const address of PROVIDER_SERVICES) expect(await reached(address, [80]), address).toEqual([]);
});

test.runIf(isRoot)('a guest speaks from few ports of the host, and from none that another has', async () => {
  const say = (name: string) => `bash -c 'for i in $(seq 40); do echo ${name} > /dev/udp/${OUTSIDE}/80; done'`;
  await Promise.all([terminal.ask(say('asking')), otherTerminal.ask(say('other'))]);
  const ports = (name: string) => heard.filter(({ text }) => text === name).map(({ port }) => port);
  const [asking, other] = await until('both guests to be heard', 30, async () => {
    const found = [ports('asking'), ports('other')].sort((one, two) => Math.min(...one) - Math.min(...two));
    return found.every(({ length }) => length >= 30) ? found : undefined;
  });
  for (const own of [asking, other]) expect(Math.max(...(own ?? [])) - Math.min(...(own ?? []))).toBeLessThan(512);
  expect(Math.max(...(asking ?? []))).toBeLessThan(Math.min(...(other ?? [])));
});

test('a console full of rubbish, without an end of a line, does not cut the host off', async () => {
  // As QEMU writes what the guest prints, in less time; as JSON each of these bytes is six.
  await appendFile(join(cloud.dataDir, 'agent', 'machines', askingId, 'serial.log'), Buffer.alloc(3_500_000));
  const { output } = await compute.act(askingId, { 'os-getConsoleOutput': { length: 2000 } });
  expect(output.replaceAll('\0', '')).toBe('');
  expect(output.length).toBeGreaterThan(0);
});

async function signIn(id: string): Promise<SerialTerminal> {
  const opened = await SerialTerminal.open(await compute.consoleUrl(id, 'serial'));
  await opened.conversation.until(/cumulet-linux ready/);
  await opened.signIn('secret');
  return opened;
}

/** Which of the ports answer the guest, and how the answer begins. */
async function reached(address: string, tried: readonly number[]): Promise<string[]> {
  const ask = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 10 nc ${address} $p 2>/dev/null | head -c 7`;
  const seen = await terminal.ask(`for p in ${tried.join(' ')}; do echo "$p $(${ask})"; done`);
  return seen.split('\n').filter((line) => /^\d+ ./.test(line));
}

async function listen(address: string): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('the host\n'));
  listeners.push(server);
  server.listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

/** Somebody beyond the host: a network namespace at the other end of a cable. */
async function openOutside(): Promise<ChildProcess> {
  const program = `require('node:net').createServer((socket) => socket.end('outside')).listen(80, () => console.log('listening'));
    require('node:dgram').createSocket('udp4', (said, { port }) => console.log(String(port), String(said).trim())).bind(80)`;
  const child = spawn('unshare', ['--net', process.execPath, '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  createInterface(child.stdout).on('line', (line) => {
    const [port, text = ''] = line.split(' ');
    heard.push({ port: Number(port), text });
  });
  const inside = (...args: string[]) => run('nsenter', ['--target', String(child.pid), '--net', 'ip', ...args]);
  await run('ip', ['link', 'add', LINK, 'type', 'veth', 'peer', 'name', 'outside', 'netns', String(child.pid)]);
  await run('ip', ['address', 'add', `${HOST_END}/26`, 'dev', LINK]);
  await run('ip', ['link', 'set', LINK, 'up']);
  await inside('address', 'add', `${OUTSIDE}/26`, 'dev', 'outside');
  await inside('link', 'set', 'outside', 'up');
  for (const address of PROVIDER_SERVICES) {
    await inside('address', 'add', `${address}/32`, 'dev', 'outside');
    await run('ip', ['route', 'add', `${address}/32`, 'via', OUTSIDE]);
  }
  return child;
}
