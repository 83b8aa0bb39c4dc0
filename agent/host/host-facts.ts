import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, freemem, totalmem, uptime } from 'node:os';
import type { HostFacts } from '../../app/contract/host.ts';
import packageInfo from '../../package.json' with { type: 'json' };
import type { HostSize, HypervisorDriver } from '../hypervisor/driver.ts';
import { readHostBoot } from './host-boot.ts';
import { checkDisk, checkMemory } from './preflight.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export async function measureHost(folder: string): Promise<HostSize> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return {
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    vcpus: availableParallelism(),
    memoryMib: Math.floor(totalmem() / MIB),
    memoryFreeMib: Math.floor(freemem() / MIB),
    diskGib: Math.floor((blocks * bsize) / GIB),
    diskFreeGib: Math.floor((bavail * bsize) / GIB),
  };
}

export async function collectHostFacts(options: {
  hostName: string;
  folder: string;
  driver: HypervisorDriver;
  /** Stands in for what would be measured. */
  size: HostSize | null;
}): Promise<HostFacts> {
  const { driver, hostName, folder } = options;
  const [size, hypervisor, bootId] = await Promise.all([
    options.size ?? measureHost(folder),
    driver.facts(),
    readHostBoot(folder),
  ]);
  const { version, accelerator, capabilities, traits, preflight } = hypervisor;
  return {
    hostname: hostName,
    hypervisorType: driver.type,
    hypervisorVersion: version,
    accelerator,
    cpuArch: arch() === 'x64' ? 'x86_64' : arch() === 'arm64' ? 'aarch64' : arch(),
    ...size,
    capabilities,
    traits,
    preflight: [...preflight, checkMemory(size), checkDisk(size, folder)],
    agentVersion: packageInfo.version,
    bootedAt: new Date(Date.now() - uptime() * 1000).toISOString(),
    bootId,
  };
}
