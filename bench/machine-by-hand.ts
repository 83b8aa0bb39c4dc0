import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { QmpClient } from '../agent/hypervisor/qemu/qmp-client.ts';
import type { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { hypervisorsOf } from '../tests/faults/process-table.ts';

/** Where the agent puts its end of the monitor's socket pair; see agent/hypervisor/qemu/command-line.ts. */
const MONITOR_FD = 3;

/** The same QEMU as of a machine of the cloud, in a folder of its own: its image, its config drive, its arguments. */
export class MachineByHand {
  readonly folder: string;
  readonly #base: string;
  readonly #commandLine: string[];
  #kill: () => Promise<void> = async () => undefined;
  #client: QmpClient | undefined;

  /** From the only machine that runs. */
  constructor(cloud: FaultCloud, id: string) {
    const commandLine = hypervisorsOf(cloud.dataDir)[0]?.commandLine.filter((argument) => argument !== '') ?? [];
    const folder = join(cloud.dataDir, 'agent', 'machines', id);
    const run = join(cloud.dataDir, 'agent', 'run', id);
    this.folder = join(cloud.dataDir, 'by-hand'.padEnd(id.length, '-'));
    mkdirSync(join(this.folder, 'run'), { recursive: true });
    cpSync(join(folder, 'config-drive.iso'), join(this.folder, 'config-drive.iso'));
    const base = /"filename":"([^"]*image-cache[^"]*)"/.exec(commandLine.join(' '))?.[1];
    if (!base) throw new Error('The command line names no base image');
    this.#base = base;
    this.#commandLine = commandLine.map((argument) =>
      argument
        .replaceAll(folder, this.folder)
        .replaceAll(run, join(this.folder, 'run'))
        // The machine's own port may still be listened at.
        .replace(/,hostfwd=[^,]*/g, ''),
    );
    // Whoever went before left its own.
    rmSync(join(this.folder, 'run', 'serial.in'), { force: true });
    execFileSync('mkfifo', [join(this.folder, 'run', 'serial.in')]);
  }

  /** The empty disk of a new machine. */
  layDisk(): void {
    const disk = join(this.folder, 'root.qcow2');
    rmSync(disk, { force: true });
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', this.#base, '-F', 'qcow2', disk, '1G']);
  }

  /** Until its monitor says that the guest runs. */
  async start(change = (args: string[]) => args): Promise<QmpClient> {
    for (const name of ['qmp', 'vnc', 'serial.out', 'pid', 'ga'])
      rmSync(join(this.folder, 'run', name), { force: true });
    symlinkSync('/dev/null', join(this.folder, 'run', 'serial.out'));
    const [binary = '', ...args] = this.#commandLine;
    const child = spawn(binary, change(args), { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    const ended = once(child, 'exit');
    this.#kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    const monitor = child.stdio[MONITOR_FD];
    if (!(monitor instanceof Duplex)) throw new Error('No monitor');
    const client = await QmpClient.open(monitor, () => undefined);
    this.#client = client;
    const { running } = (await client.execute('query-status')) as { running: boolean };
    if (!running) throw new Error('Its guest does not run');
    return client;
  }

  /** Of the one that runs. */
  get monitor(): QmpClient {
    if (!this.#client) throw new Error('It was not started');
    return this.#client;
  }

  async kill(): Promise<void> {
    await this.#kill();
  }
}
