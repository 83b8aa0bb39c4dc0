import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SmallDisk } from '../../small-disk.ts';
import type { CumuletProcess } from '../cumulet-process.ts';
import { FaultCloud } from '../fault-cloud.ts';
import { hypervisorsOf } from '../process-table.ts';
import type { Hypervisor } from './round-plan.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** libfaketime: one process's clock, as a file says; see faketime(1). Where Debian, Fedora and Arch keep it. */
const FAKE_TIME = [
  `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`,
  '/usr/lib64/faketime/libfaketimeMT.so.1',
  '/usr/lib/faketime/libfaketimeMT.so.1',
].find((path) => existsSync(path));

export type Role = 'controller' | 'agent';

/** Which faults this computer cannot bring about, with the word that says why. */
export function whatIsMissing(): { disk?: string; clock?: string } {
  return {
    ...(!SmallDisk.canMount() && { disk: 'no disk is filled: a file system cannot be mounted here' }),
    ...(FAKE_TIME === undefined && { clock: 'no clock is turned: libfaketime is not installed' }),
  };
}

/**
 * A cloud on a small disk of its own, whose host reaches the controller, and whose clients do, over lines that can be
 * cut, and whose processes each have a clock that can be turned.
 */
export class ChaosCloud extends FaultCloud {
  readonly hypervisor: Hypervisor;
  readonly disk: SmallDisk | null;
  readonly clientLine: TcpProxy;
  readonly busLine: TcpProxy;
  /** What ended without being told to, with its last words. */
  readonly crashes: string[] = [];
  readonly #root: string;
  readonly #told = new Set<CumuletProcess>();

  private constructor(parts: {
    root: string;
    hypervisor: Hypervisor;
    disk: SmallDisk | null;
    clientLine: TcpProxy;
    busLine: TcpProxy;
  }) {
    super(join(parts.root, 'controller'), join(parts.root, 'host'));
    this.#root = parts.root;
    this.hypervisor = parts.hypervisor;
    this.disk = parts.disk;
    this.clientLine = parts.clientLine;
    this.busLine = parts.busLine;
  }

  static async open(hypervisor: Hypervisor): Promise<ChaosCloud> {
    const disk = SmallDisk.canMount() ? await SmallDisk.mount() : null;
    const cloud = new ChaosCloud({
      root: disk?.path ?? (await mkdtemp(join(tmpdir(), 'cumulet-chaos-'))),
      hypervisor,
      disk,
      clientLine: await TcpProxy.listen(),
      busLine: await TcpProxy.listen(),
    });
    for (const folder of [cloud.dataDir, cloud.hostDir]) mkdirSync(folder, { mode: 0o700 });
    symlinkSync(join(cloud.dataDir, 'secrets'), join(cloud.hostDir, 'secrets'));
    // The lines have ports of their own, as a proxy would.
    writeFileSync(join(cloud.dataDir, 'config.toml'), '[http]\nhosts = ["127.0.0.1"]\n');
    for (const role of ['controller', 'agent'] as const) cloud.turnClock(role, 0);
    try {
      await cloud.start('controller');
      await cloud.start('agent');
    } catch (error) {
      await cloud.destroy();
      throw error;
    }
    return cloud;
  }

  process(role: Role): CumuletProcess {
    const found = role === 'controller' ? this.controller : this.agent;
    if (!found) throw new Error(`The ${role} was never started`);
    return found;
  }

  async start(role: Role): Promise<void> {
    // The clock of an agent with real machines would be theirs.
    const env = role === 'agent' && this.hypervisor === 'qemu' ? {} : this.#clockOf(role);
    const options = { hypervisor: this.hypervisor, env };
    const started = role === 'agent' ? await this.startAgent(options) : await this.startController(options);
    if (role === 'controller') this.#connectLines();
    started.ended.then(({ code, signal }) => {
      if (this.#told.has(started)) return;
      const lastWords = started.output.split('\n').slice(-12).join('\n');
      this.crashes.push(`The ${role} ended by itself (${signal ?? code}): ${lastWords}`);
    });
  }

  async end(role: Role, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#told.add(this.process(role));
    if (role === 'controller') this.clientLine.targetPort = this.busLine.targetPort = 0;
    await this.process(role).kill(signal);
  }

  /** What ended by itself runs again, as a service manager would see to. */
  async startMissing(): Promise<void> {
    for (const role of ['controller', 'agent'] as const) if (this.process(role).hasEnded) await this.start(role);
    await this.hostIsUp();
  }

  get guests(): number[] {
    return hypervisorsOf(this.hostDir).map(({ pid }) => pid);
  }

  /** Seconds that the process's clock is off from now on. */
  turnClock(role: Role, seconds: number): void {
    const file = join(this.#root, `${role}.clock`);
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.new`, file);
  }

  /** All that explains what happened: data, logs, output. Disks of machines are left out. */
  async keepEvidence(folder: string): Promise<void> {
    const isSmall = (path: string) => !/image-cache|\/images$|\.qcow2$|\/ballast$/.test(path);
    await rm(folder, { recursive: true, force: true });
    await cp(this.#root, folder, { recursive: true, filter: isSmall, verbatimSymlinks: true });
    for (const role of ['controller', 'agent'] as const) {
      writeFileSync(join(folder, `${role}.output`), this.process(role).output);
    }
  }

  override async destroy(): Promise<void> {
    for (const running of [this.controller, this.agent]) if (running) this.#told.add(running);
    this.disk?.makeRoom();
    await super.destroy();
    await Promise.all([this.clientLine.close(), this.busLine.close()]);
    if (this.disk) await this.disk.unmount();
    else await rm(this.#root, { recursive: true, force: true });
  }

  #connectLines(): void {
    this.clientLine.targetPort = this.busLine.targetPort = Number(new URL(this.url).port);
    const file = join(this.hostDir, 'controller.json');
    writeFileSync(
      `${file}.new`,
      JSON.stringify({ url: this.busLine.url, pid: this.process('controller').pid, controllerId: 'behind a line' }),
    );
    renameSync(`${file}.new`, file);
  }

  #clockOf(role: Role): Record<string, string> {
    if (FAKE_TIME === undefined) return {};
    return {
      LD_PRELOAD: FAKE_TIME,
      FAKETIME_TIMESTAMP_FILE: join(this.#root, `${role}.clock`),
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }
}
