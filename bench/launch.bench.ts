// From the request to a running guest, beside the same QEMU started by hand on a prepared overlay.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { hypervisorsOf } from '../tests/faults/process-table.ts';
import { EventListener } from '../tests/integration/event-listener.ts';
import { report } from './figure.ts';
import { Samples } from './samples.ts';

const ROUNDS = 10;
/** Where the agent puts its end of the monitor's socket pair; see agent/hypervisor/qemu/command-line.ts. */
const MONITOR_FD = 3;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  await cloud.startAgent();
  const image = await cloud.uploadGuest();
  const events = await EventListener.open(cloud.url, cloud.token);

  const ours: number[] = [];
  const byHand: number[] = [];
  // Turn about, so that a busy moment of the computer falls on both. The first round fills the image cache.
  for (let round = -1; round < ROUNDS; round++) {
    const begun = performance.now();
    const id = await cloud.launch(image);
    await events.event('compute.instance.create.end', id);
    const taken = performance.now() - begun;
    const commandLine = hypervisorsOf(cloud.dataDir)[0]?.commandLine.filter((argument) => argument !== '') ?? [];
    const prepared = prepareByHand(id, commandLine);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    const hand = await startByHand(prepared);
    if (round < 0) continue;
    ours.push(taken);
    byHand.push(hand);
  }
  events.close();
  const [launch, hand] = [new Samples(ours), new Samples(byHand)];
  const peer = 'qemu by hand';
  report({
    figure: 'launch to a running process, p50',
    value: launch.median,
    unit: 'ms',
    peer,
    peerValue: hand.median,
    aim: 'at most 150 ms more',
  });
  report({
    figure: 'launch to a running process, p90',
    value: launch.percentile(90),
    unit: 'ms',
    peer,
    peerValue: hand.percentile(90),
  });
} finally {
  await cloud.destroy();
}

/** The same machine in folders of its own: an overlay on the same image, the same config drive, the same arguments. */
function prepareByHand(id: string, commandLine: string[]): string[] {
  const machines = join(cloud.dataDir, 'agent', 'machines');
  const byHand = 'by-hand'.padEnd(id.length, '-');
  const folder = join(machines, id);
  const copy = join(cloud.dataDir, byHand);
  mkdirSync(join(copy, 'run'), { recursive: true });
  cpSync(join(folder, 'config-drive.iso'), join(copy, 'config-drive.iso'));
  // Dropped by whoever went before.
  for (const name of ['qmp', 'vnc', 'serial.in', 'serial.out', 'pid']) rmSync(join(copy, 'run', name), { force: true });
  execFileSync('mkfifo', [join(copy, 'run', 'serial.in')]);
  symlinkSync('/dev/null', join(copy, 'run', 'serial.out'));
  const run = join(cloud.dataDir, 'agent', 'run', id);
  const base = /"filename":"([^"]*image-cache[^"]*)"/.exec(commandLine.join(' '))?.[1];
  if (!base) throw new Error('The command line names no base image');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', join(copy, 'root.qcow2'), '1G']);
  return commandLine.map((argument) => argument.replaceAll(folder, copy).replaceAll(run, join(copy, 'run')));
}

/** Time from starting the process to its monitor saying that the guest runs. */
async function startByHand([binary = '', ...args]: string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const ended = once(child, 'exit');
  const monitor = child.stdio[MONITOR_FD];
  if (!(monitor instanceof Duplex)) throw new Error('No monitor');
  const send = (command: string) => monitor.write(`${JSON.stringify({ execute: command })}\n`);
  try {
    return await new Promise<number>((resolve, reject) => {
      let text = '';
      monitor.on('data', (data: Buffer) => {
        text += String(data);
        if (/"running": true/.test(text)) resolve(performance.now() - begun);
        if (!text.includes('"QMP"') || !text.endsWith('\n')) return;
        text = '';
        send('qmp_capabilities');
        send('query-status');
      });
      monitor.on('error', reject);
      monitor.on('close', () => reject(new Error('QEMU ended before its guest ran')));
    });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
