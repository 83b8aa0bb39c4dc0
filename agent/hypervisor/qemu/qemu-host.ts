import type { PreflightCheck } from '../../../app/contract/host.ts';
import { isolationCheck, metadataCheck } from '../../network/isolation/isolation-check.ts';
import type { NetworkIsolation } from '../../network/isolation/network-isolation.ts';
import type { HypervisorFacts } from '../driver.ts';
import { type Accelerator, type AcceleratorProof, proveAccelerator } from './accelerator-probe.ts';
import { findFirmware } from './firmware.ts';
import { findAbilities } from './qemu-abilities.ts';
import { findQemu, installCommand, type QemuInstall, qemuMissing } from './qemu-install.ts';

/** QEMU as it is installed here. Asked once; asked again while it is missing, so that installing it is enough. */
export class QemuHost {
  private readonly cachePath: string;
  readonly #isolation: NetworkIsolation;
  private found: Promise<QemuInstall | null> | null = null;
  private proof: Promise<AcceleratorProof> | null = null;

  constructor(cachePath: string, isolation: NetworkIsolation) {
    this.cachePath = cachePath;
    this.#isolation = isolation;
  }

  async install(): Promise<QemuInstall> {
    const install = await this.look();
    if (install === null) throw await qemuMissing();
    return install;
  }

  async accelerator(): Promise<Accelerator> {
    return (await this.prove()).accelerator;
  }

  /** Measures anew: someone may have installed QEMU or been given rights since. */
  async facts(): Promise<HypervisorFacts> {
    this.found = null;
    this.proof = null;
    const install = await this.look();
    if (install === null)
      return { version: null, accelerator: null, capabilities: [], traits: [], preflight: [await notInstalled()] };
    const [proof, isolation, firmware, abilities] = await Promise.all([
      ...([this.prove(), this.#isolation.prove(true), findFirmware()] as const),
      findAbilities(install),
    ]);
    const serving = await metadataCheck(isolation);
    const machineTypes = ['pc', 'q35'].filter((type) => install.machineTypes.has(type));
    return {
      version: install.version,
      accelerator: proof.accelerator,
      capabilities: [
        ...['qcow2', 'raw', 'iso'].map((format) => `disk-format:${format}`),
        ...machineTypes.map((type) => `machine-type:${type}`),
        'architecture:x86_64',
        'nics:hotplug',
        'firmware:bios',
        ...abilities.capabilities,
        ...(proof.accelerator === 'kvm' ? ['hypervisor:kvm', 'cpu:pmu'] : []),
        ...(firmware === null ? [] : ['firmware:uefi']),
        ...(isolation.reason === null ? ['network:isolated'] : []),
        ...(isolation.metadataReason === null ? ['metadata:service'] : []),
      ],
      traits: abilities.traits,
      preflight: [
        { id: 'hypervisor', state: 'ok', fact: `QEMU ${install.version}`, hint: null, fixCommand: null },
        accelerationCheck(proof),
        rightsCheck(proof),
        await isolationCheck(isolation),
        ...(serving === null ? [] : [serving]),
      ],
    };
  }

  private async look(): Promise<QemuInstall | null> {
    this.found ??= findQemu();
    const looking = this.found;
    let install: QemuInstall | null = null;
    try {
      install = await looking;
      return install;
    } finally {
      if (install === null && this.found === looking) this.found = null;
    }
  }

  private async prove(): Promise<AcceleratorProof> {
    const install = await this.install();
    this.proof ??= proveAccelerator(install, this.cachePath);
    return this.proof;
  }
}

async function notInstalled(): Promise<PreflightCheck> {
  return {
    id: 'hypervisor',
    state: 'failed',
    fact: 'QEMU (qemu-system-x86_64 and qemu-img) is not installed',
    hint: 'Without QEMU no machine can run here. Everything else works.',
    fixCommand: await installCommand(),
  };
}

function accelerationCheck(proof: AcceleratorProof): PreflightCheck {
  const { accelerator, reason } = proof;
  if (accelerator !== 'tcg') {
    return {
      id: 'acceleration',
      state: 'ok',
      fact: `${accelerator.toUpperCase()} runs guests`,
      hint: null,
      fixCommand: null,
    };
  }
  return {
    id: 'acceleration',
    state: 'warning',
    fact: 'No hardware virtualisation: guests are emulated (TCG)',
    hint: `${reason ?? ''} Machines run, several times slower.`.trim(),
    fixCommand: null,
  };
}

function rightsCheck(proof: AcceleratorProof): PreflightCheck {
  if (!proof.lacksRights) {
    return { id: 'rights', state: 'ok', fact: 'All that is needed', hint: null, fixCommand: null };
  }
  return {
    id: 'rights',
    state: 'warning',
    fact: 'This user may not open /dev/kvm',
    hint: 'Join the group that owns it, then sign out and in again.',
    fixCommand: 'sudo usermod -aG kvm "$USER"',
  };
}
