import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1024 * 1024;
/** Large enough that the scheduler places a machine of 1 GiB on it; most of it is taken by ballast. */
const USUAL_MIB = 1300;

/** A file system of its own that can really be full. Only root can mount one, and not in every container. */
export class SmallDisk {
  readonly path: string;
  readonly #ballast: string;

  private constructor(path: string) {
    this.path = path;
    this.#ballast = join(path, 'ballast');
  }

  /** `at` is a folder to make there; without it one of its own is. */
  static async mount({ mib = USUAL_MIB, at }: { mib?: number; at?: string } = {}): Promise<SmallDisk> {
    const path = at ?? (await mkdtemp(join(tmpdir(), 'cumulet-disk-')));
    await mkdir(path, { recursive: true });
    mount(path, mib);
    return new SmallDisk(path);
  }

  static canMount(): boolean {
    if (process.getuid?.() !== 0 || process.platform !== 'linux') return false;
    const path = mkdtempSync(join(tmpdir(), 'cumulet-mount-'));
    try {
      mount(path, 1);
      execFileSync('umount', [path]);
      return true;
    } catch {
      return false;
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  }

  get freeMib(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return (bavail * bsize) / MIB;
  }

  /** Takes all room but so much. What others write meanwhile may take the last of it. */
  fillUpTo(freeMib: number): void {
    const atOnce = Math.floor((this.freeMib - freeMib - 4) * MIB);
    // Where there is less room by now, fallocate takes none, and the blocks below take what there is.
    if (atOnce > 0) spawnSync('fallocate', ['-l', String(atOnce), this.#ballast]);
    const ballast = openSync(this.#ballast, 'a');
    const block = Buffer.alloc(64 * 1024);
    try {
      while (this.freeMib > freeMib) writeSync(ballast, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(ballast);
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast, { force: true });
  }

  async unmount(): Promise<void> {
    execFileSync('umount', [this.path]);
    await rm(this.path, { recursive: true, force: true });
  }
}

function mount(path: string, mib: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'cumulet-test', path], { stdio: 'pipe' });
}
