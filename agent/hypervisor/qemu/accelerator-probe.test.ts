import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../../testing/temporary-folder.ts';
import { proveAccelerator, runProbeGuest } from './accelerator-probe.ts';
import { findQemu } from './qemu-install.ts';

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
