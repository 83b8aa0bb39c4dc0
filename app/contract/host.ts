import { z } from 'zod';

export const preflightCheckSchema = z.object({
  /** Stable id: `hypervisor`, `acceleration`, `memory`, `disk`, `rights`, `guest-image`, ... */
  id: z.string(),
  state: z.enum(['ok', 'warning', 'failed']),
  /** The measured fact, such as `QEMU 7.2.22` or `80 GiB free`. */
  fact: z.string(),
  /** What it means and what to do, null when all is well. */
  hint: z.string().nullable(),
  /** A command that repairs it, ready to paste, or null. */
  fixCommand: z.string().nullable(),
});
export type PreflightCheck = z.infer<typeof preflightCheckSchema>;

/** Sent when an agent connects and whenever a fact changes. */
export const hostFactsSchema = z.object({
  hostname: z.string(),
  hypervisorType: z.string(),
  /** As `7.2.22`; null when no hypervisor is installed. */
  hypervisorVersion: z.string().nullable(),
  /** `kvm`, `hvf`, `whpx`, `tcg` or `simulated`, as proven by a probe guest. */
  accelerator: z.string().nullable(),
  cpuArch: z.string(),
  cpuModel: z.string(),
  vcpus: z.number().int(),
  memoryMib: z.number().int(),
  /** Size and free space of the file system with the disks, GiB. */
  diskGib: z.number().int(),
  diskFreeGib: z.number().int(),
  memoryFreeMib: z.number().int(),
  /** What this host can run, for the scheduler's filters: `disk-format:qcow2`, `firmware:uefi`, `machine-type:pc`, ... */
  capabilities: z.array(z.string()),
  /** The same by Placement's names, such as `COMPUTE_SECURITY_TPM_2_0`; agents of earlier versions do not tell. */
  traits: z.array(z.string()).optional(),
  preflight: z.array(preflightCheckSchema),
  agentVersion: z.string(),
  /** ISO; agents of earlier versions do not tell. */
  bootedAt: z.string().optional(),
  /** Another one with each start of the host; agents of earlier versions do not tell. */
  bootId: z.string().optional(),
});
export type HostFacts = z.infer<typeof hostFactsSchema>;
