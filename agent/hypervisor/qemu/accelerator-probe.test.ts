import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { proveAccelerator, runProbeGuest } from './accelerator-probe.ts';
import { findQemu } from './qemu-install.ts';

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A TCG guest may be slow on a busy computer; only KVM is held to seconds. */
const PATIENT_MS = 120_000;

async function qemu() {
  const found = await findQemu();
  if (found === null) throw new Error('this test needs qemu-system-x86_64 and qemu-img');
  return found;
}

describe('the probe guest', () => {
  test('comes through where guests run: under TCG', async () => {
    expect(await runProbeGuest((await qemu()).binary, ['-accel', 'tcg'], PATIENT_MS)).toBeNull();
  });

  test('a hypervisor that hangs is given up, and what it was is told', async () => {
    await using folder = await makeTemporaryFolder();
    const hanging = join(folder.path, 'hanging');
    await writeFile(hanging, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    expect(await runProbeGuest(hanging, [], 200)).toBe('a small guest did not finish on it within 0.2 s');
  });

  test('ends with the agent that asks, also where that is killed', async () => {
    await using folder = await makeTemporaryFolder();
    const hanging = join(folder.path, 'hanging');
    const pidFile = join(folder.path, 'pid');
    await writeFile(hanging, `#!/bin/sh\necho $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; exec sleep 600\n`, {
      mode: 0o755,
    });
    const probe = fileURLToPath(new URL('./accelerator-probe.ts', import.meta.url));
    const script = `const { runProbeGuest } = await import('${probe}'); await runProbeGuest('${hanging}', [], 600_000);`;
    const asking = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    await vi.waitUntil(() => existsSync(pidFile), 30_000);
    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(isThere(pid)).toBe(true);
    asking.kill('SIGKILL');
    await vi.waitUntil(() => !isThere(pid), 30_000);
  });

  test('a hypervisor that fails is told by its own words', async () => {
    await using folder = await makeTemporaryFolder();
    const failing = join(folder.path, 'failing');
    await writeFile(failing, '#!/bin/sh\necho "qemu-system-x86_64: no luck today" >&2\nexit 1\n', { mode: 0o755 });
    expect(await runProbeGuest(failing, [], PATIENT_MS)).toBe('QEMU ends with it: no luck today');
    expect(await runProbeGuest('/nonexistent/qemu', [], PATIENT_MS)).toContain('QEMU does not start');
  });
});

describe('proveAccelerator', () => {
  test('hardware virtualisation only where the guest comes through; the proof is kept', async () => {
    await using folder = await makeTemporaryFolder();
    const cache = join(folder.path, 'accelerator.json');
    const install = await qemu();
    const proof = await proveAccelerator(install, cache);
    const hasDevice = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    const works = hasDevice && (await runProbeGuest(install.binary, ['-accel', 'kvm', '-cpu', 'host'], 5000)) === null;
    expect(proof.accelerator).toBe(works ? 'kvm' : 'tcg');
    expect(proof.reason === null).toBe(works);
    expect(await proveAccelerator(install, cache)).toEqual(proof);
    if (!hasDevice) return;
    // What is kept counts only for the same QEMU and kernel.
    const kept = JSON.parse(await readFile(cache, 'utf8'));
    await writeFile(cache, JSON.stringify({ key: kept.key, proof: { ...proof, reason: 'kept' } }));
    expect((await proveAccelerator(install, cache)).reason).toBe('kept');
    expect((await proveAccelerator({ ...install, version: '0.0.1' }, cache)).reason).toBe(proof.reason);
  });
});
