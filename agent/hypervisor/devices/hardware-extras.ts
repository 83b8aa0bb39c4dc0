import { z } from 'zod';
import { UserError } from '../../../app/contract/errors.ts';
import type { MachineSpec } from '../../../app/contract/machine.ts';

const amount = z.number().int().min(1);

export const DISK_LIMITS = [
  'read_bytes_sec',
  'write_bytes_sec',
  'total_bytes_sec',
  'read_iops_sec',
  'write_iops_sec',
  'total_iops_sec',
] as const;
export const WATCHDOG_ACTIONS = ['none', 'pause', 'poweroff', 'reset'] as const;

/** What a machine has only where somebody asks for it. Every value is one of a closed list, or a number. */
export const hardwareExtrasSchema = z.object({
  /** How its processors are divided; together they are as many as it has. */
  topology: z.object({ sockets: amount, cores: amount, threads: amount }).optional(),
  /** What happens when its guest does not answer the watchdog. */
  watchdog: z.enum(WATCHDOG_ACTIONS).optional(),
  /** Its firmware starts only what is signed. */
  isSecure: z.boolean().optional(),
  tpm: z.object({ version: z.enum(['1.2', '2.0']), model: z.enum(['tpm-tis', 'tpm-crb']) }).optional(),
  /** So many random bytes in each period. */
  randomLimit: z.object({ bytes: amount, milliseconds: amount }).optional(),
  /** The place of its source of random numbers is empty. */
  isWithoutRandom: z.boolean().optional(),
  hasBootMenu: z.boolean().optional(),
  /** Of the graphics card. */
  videoMib: amount.optional(),
  hidesHypervisor: z.boolean().optional(),
  hasPmu: z.boolean().optional(),
  hasHpet: z.boolean().optional(),
  /** Of each of its disks, a second. */
  diskLimits: z.partialRecord(z.enum(DISK_LIMITS), amount).optional(),
});
export type HardwareExtras = z.infer<typeof hardwareExtrasSchema>;

/** Of those, what another flavor may change: the rest is a matter of the image, and of what lies on the disk. */
export const FLAVOR_EXTRAS = [
  'topology',
  'watchdog',
  'tpm',
  'randomLimit',
  'hasBootMenu',
  'hidesHypervisor',
  'hasPmu',
  'diskLimits',
] as const satisfies readonly (keyof HardwareExtras)[];

/** `canBeSecure`: the host has a firmware for it. */
export function chooseExtras(
  { hardware: asked, vcpus }: Pick<MachineSpec, 'hardware' | 'vcpus'>,
  canBeSecure: boolean,
): HardwareExtras {
  const one = <T extends string>(name: string, known: readonly T[]): T | undefined => {
    const value = asked[name];
    const found = known.find((each) => each === value);
    if (value !== undefined && found === undefined) throw unknownValue(name, value, known);
    return found;
  };
  const number = (name: string): number | undefined => {
    const value = asked[name];
    if (value === undefined) return undefined;
    if (!/^[1-9]\d{0,15}$/.test(value)) throw unknownValue(name, value, ['a number from 1 on']);
    return Number(value);
  };
  const flag = (name: string): boolean | undefined => {
    const value = one(name, ['true', 'false']);
    return value === undefined ? undefined : value === 'true';
  };
  const limits = DISK_LIMITS.map((limit) => [limit, number(`quota_disk_${limit}`)] as const);
  const diskLimits = Object.fromEntries(limits.filter(([, most]) => most !== undefined));
  const bytes = number('hw_rng_rate_bytes');
  const version = one('hw_tpm_version', ['1.2', '2.0']);
  const secureBoot = one('os_secure_boot', ['required', 'optional', 'disabled']);
  const isSecure = secureBoot === 'required' || (secureBoot === 'optional' && canBeSecure);
  const watchdog = one('hw_watchdog_action', [...WATCHDOG_ACTIONS, 'disabled']);
  const hasBootMenu = flag('hw_boot_menu');
  return whatIsThere({
    topology: topologyOf(vcpus, number('hw_cpu_sockets'), number('hw_cpu_cores'), number('hw_cpu_threads')),
    watchdog: watchdog === 'disabled' ? undefined : watchdog,
    isSecure: isSecure || undefined,
    tpm: version && { version, model: one('hw_tpm_model', ['tpm-tis', 'tpm-crb']) ?? 'tpm-tis' },
    randomLimit: bytes === undefined ? undefined : { bytes, milliseconds: number('hw_rng_rate_period') ?? 1000 },
    hasBootMenu: hasBootMenu || undefined,
    videoMib: number('hw_video_ram'),
    hidesHypervisor: flag('hw_hide_hypervisor_id') || undefined,
    hasPmu: flag('hw_pmu'),
    hasHpet: flag('hw_time_hpet'),
    diskLimits: Object.keys(diskLimits).length > 0 ? diskLimits : undefined,
  });
}

/** An image of another controller may say less than all of it, or something for other sizes: then it says nothing. */
function topologyOf(vcpus: number, sockets?: number, cores?: number, threads?: number): HardwareExtras['topology'] {
  if (sockets === undefined || cores === undefined || threads === undefined) return undefined;
  return sockets * cores * threads === vcpus ? { sockets, cores, threads } : undefined;
}

function whatIsThere(extras: { [K in keyof HardwareExtras]: HardwareExtras[K] | undefined }): HardwareExtras {
  return Object.fromEntries(Object.entries(extras).filter(([, value]) => value !== undefined));
}

export function unknownValue(property: string, value: string, known: readonly string[]): UserError {
  return new UserError('bad_request', `The image property ${property} has the value ${JSON.stringify(value)}.`, {
    field: `hardware.${property}`,
    hint: `Use one of: ${known.join(', ')}.`,
  });
}
