import { spawn } from 'node:child_process';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, platform, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { findExecutable } from '../../host-programs.ts';
import { readJsonIfWhole, writeJson } from '../../json-file.ts';
import { PROBE_EXIT_STATUS, PROBE_GUEST } from './probe-guest.ts';

export const acceleratorSchema = z.enum(['kvm', 'hvf', 'whpx', 'tcg']);
export type Accelerator = z.infer<typeof acceleratorSchema>;

export const acceleratorProofSchema = z.object({
  accelerator: acceleratorSchema,
  /** Why there is no hardware virtualisation, as a sentence; null where there is. */
  reason: z.string().nullable(),
  /** The device node is there but this user may not open it. */
  lacksRights: z.boolean(),
});
export type AcceleratorProof = z.infer<typeof acceleratorProofSchema>;

const cacheSchema = z.object({ key: z.string(), proof: acceleratorProofSchema });

const KVM_DEVICE = '/dev/kvm';
/** Native, the probe takes a quarter of a second; emulated instruction by instruction, minutes. */
const PROBE_TIMEOUT_MS = 5000;

/**
 * The accelerator machines of this host run with: the platform's own where a probe guest really runs on it, else TCG.
 * A probe costs up to seconds where it fails, so its result is kept until QEMU or the kernel changes.
 */
export async function proveAccelerator(
  qemu: { binary: string; version: string },
  cachePath: string,
): Promise<AcceleratorProof> {
  const candidate = candidateOf(platform(), arch());
  if (candidate === null)
    return { accelerator: 'tcg', reason: 'This kind of host has none for x86_64 guests.', lacksRights: false };
  if (candidate === 'kvm') {
    const missing = await findDeviceFault();
    if (missing !== null) return missing;
  }
  const key = [candidate, qemu.binary, qemu.version, platform(), release()].join(' ');
  const cached = await readJsonIfWhole(cachePath, cacheSchema);
  if (cached?.key === key) return cached.proof;
  const fault = await runProbeGuest(qemu.binary, ['-accel', candidate, '-cpu', 'host'], PROBE_TIMEOUT_MS);
  const proof: AcceleratorProof =
    fault === null
      ? { accelerator: candidate, reason: null, lacksRights: false }
      : { accelerator: 'tcg', reason: `${candidate.toUpperCase()} is there but ${fault}.`, lacksRights: false };
  await writeJson(cachePath, { key, proof }, 'process');
  return proof;
}

function candidateOf(system: string, architecture: string): Accelerator | null {
  if (architecture !== 'x64') return null;
  if (system === 'linux') return 'kvm';
  if (system === 'darwin') return 'hvf';
  if (system === 'win32') return 'whpx';
  return null;
}

async function findDeviceFault(): Promise<AcceleratorProof | null> {
  try {
    await access(KVM_DEVICE, constants.F_OK);
  } catch {
    const reason = `There is no ${KVM_DEVICE}: virtualisation is off in the firmware, or this is a virtual machine without it.`;
    return { accelerator: 'tcg', reason, lacksRights: false };
  }
  try {
    await access(KVM_DEVICE, constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return { accelerator: 'tcg', reason: `This user may not open ${KVM_DEVICE}.`, lacksRights: true };
  }
}

/**
 * Boots the probe guest; null when it came through, else what happened, to follow "is there but". Never takes much
 * longer than the timeout: the process is killed and not waited for, since it may hang in the kernel.
 */
export async function runProbeGuest(binary: string, accelerator: string[], timeoutMs: number): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-probe-'));
  const disk = join(folder, 'probe.img');
  try {
    await writeFile(disk, PROBE_GUEST);
    const [program, args] = await endingWithUs(binary, [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'pc', '-m', '32', '-no-reboot'],
      ...accelerator,
      ...['-drive', 'if=ide,format=raw,readonly=off,snapshot=on,file=probe.img'],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ]);
    // The working directory is the throw-away folder so that a core dump of an aborting QEMU lands there too.
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    return await new Promise<string | null>((resolve) => {
      let errors = '';
      const finish = (result: string | null) => {
        clearTimeout(timer);
        child.kill('SIGKILL');
        child.unref();
        resolve(result);
      };
      const timer = setTimeout(
        () => finish(`a small guest did not finish on it within ${timeoutMs / 1000} s`),
        timeoutMs,
      );
      child.stderr.setEncoding('utf8');
      child.stderr.on('data', (text: string) => {
        errors += text;
        // QEMU stops the guest and stays when the kernel cannot go on with it.
        if (errors.includes('internal error')) finish('it fails on a small guest (KVM internal error)');
      });
      child.on('error', (error) => finish(`QEMU does not start: ${error.message}`));
      child.on('close', (code, signal) => {
        if (code === PROBE_EXIT_STATUS) finish(null);
        else finish(`QEMU ends with it: ${firstLine(errors) ?? signal ?? `exit status ${code}`}`);
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** On Linux the kernel ends it with the agent, however that ends: nobody would look for it afterwards. */
async function endingWithUs(binary: string, args: string[]): Promise<[string, string[]]> {
  const setpriv = process.platform === 'linux' ? await findExecutable('setpriv') : null;
  // What cannot be run is to fail by its own name.
  const canRun = await access(binary, constants.X_OK).then(
    () => true,
    () => false,
  );
  return setpriv === null || !canRun ? [binary, args] : [setpriv, ['--pdeathsig', 'KILL', binary, ...args]];
}

function firstLine(text: string): string | null {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '' && !candidate.includes('warning:'));
  return line === undefined ? null : line.replace(/^\S*qemu-system-\w+: /, '').trim();
}
