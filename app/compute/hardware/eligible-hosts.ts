import type { HostFacts } from '../../contract/host.ts';
import type { AggregateRecord } from '../aggregate.tables.ts';
import { refusal } from './hardware-design.ts';
import type { HardwareWish } from './hardware-wish.ts';
import { isVersionBounds, isVersionWithin, meets } from './spec-operators.ts';

/** A host, with all that flavors and images may want of one. */
export interface EligibleHost {
  id: string;
  facts: HostFacts | null;
  aggregates: readonly Pick<AggregateRecord, 'metadata'>[];
  /** What its provider in Placement has: its own, and those that an administrator gave it. */
  traits: readonly string[];
}

/** One thing that is wanted of a host, by the name that asks for it. */
interface HostWish {
  name: string;
  has(host: EligibleHost): boolean;
}

const CAPABILITIES: Readonly<Record<string, (facts: HostFacts) => string>> = {
  hypervisor_type: ({ hypervisorType }) => hypervisorType,
  hypervisor_version: ({ hypervisorVersion }) => String(versionNumber(hypervisorVersion)),
  vcpus_total: ({ vcpus }) => String(vcpus),
  total_usable_ram_mb: ({ memoryMib }) => String(memoryMib),
  total_usable_disk_gb: ({ diskGib }) => String(diskGib),
  free_ram_mb: ({ memoryFreeMib }) => String(memoryFreeMib),
  free_disk_gb: ({ diskFreeGib }) => String(diskFreeGib),
  'cpu_info:arch': ({ cpuArch }) => cpuArch,
  'cpu_info:model': ({ cpuModel }) => cpuModel,
  'cpu_info:vendor': ({ cpuModel }) => (/intel/i.test(cpuModel) ? 'Intel' : /amd/i.test(cpuModel) ? 'AMD' : ''),
};

const AGGREGATE = 'aggregate_instance_extra_specs:';
const CAPABILITY = 'capabilities:';
const TRAIT = 'trait:';

/** What of a flavor and an image only some hosts have, beside what the scheduler itself knows of them; 400 for what none tells of. */
export function hostWishes({ flavor, properties }: HardwareWish): HostWish[] {
  const wishes: HostWish[] = [];
  for (const [name, value] of Object.entries(flavor.extra_specs)) {
    if (name.startsWith(AGGREGATE)) wishes.push(ofAggregate(name, value));
    if (name.startsWith(CAPABILITY)) wishes.push(ofCapability(name, value));
    if (name.startsWith(TRAIT)) wishes.push(ofTrait(name, value));
  }
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith(TRAIT)) wishes.push(ofTrait(name, value));
    if (name === 'hypervisor_version_requires' || name === 'img_hv_requested_version') {
      if (!isVersionBounds(value)) throw refusal(name, value, 'it is no version, such as >=6.0,<8.');
      const has = ({ facts }: EligibleHost) => isVersionWithin(facts?.hypervisorVersion ?? '', value);
      wishes.push({ name: `${name}=${value}`, has });
    }
  }
  return wishes;
}

/** Ids of those hosts that have all of it, and which names keep others out. */
export function eligibleHosts(
  hosts: readonly EligibleHost[],
  wishes: readonly HostWish[],
): { ids: string[]; by: string[] } {
  const ids = hosts.filter((host) => wishes.every(({ has }) => has(host))).map(({ id }) => id);
  const by = wishes.filter(({ has }) => !hosts.every((host) => has(host))).map(({ name }) => name);
  return { ids, by };
}

function ofAggregate(name: string, value: string): HostWish {
  const key = name.slice(AGGREGATE.length);
  // As in Nova, one of a host's aggregates is enough.
  const has = ({ aggregates }: EligibleHost) =>
    aggregates.some(({ metadata }) => Object.hasOwn(metadata, key) && meets(metadata[key] ?? '', value));
  return { name: `${name}=${value}`, has };
}

function ofCapability(name: string, value: string): HostWish {
  const key = name.slice(CAPABILITY.length);
  const read = Object.hasOwn(CAPABILITIES, key) ? CAPABILITIES[key] : undefined;
  if (!read) throw refusal(name, value, `hosts tell of ${Object.keys(CAPABILITIES).join(', ')}.`);
  const has = ({ facts }: EligibleHost) => facts !== null && meets(read(facts), value);
  return { name: `${name}=${value}`, has };
}

function ofTrait(name: string, value: string): HostWish {
  const trait = name.slice(TRAIT.length);
  if (value !== 'required' && value !== 'forbidden')
    throw refusal(name, value, 'it is neither required nor forbidden.');
  const has = ({ traits }: EligibleHost) => traits.includes(trait) === (value === 'required');
  return { name: `${name}=${value}`, has };
}

/** As Nova shows it: 7.2.22 is 7002022. */
function versionNumber(version: string | null): number {
  const [major = 0, minor = 0, micro = 0] = (version ?? '0').split('.').map(Number);
  return major * 1_000_000 + minor * 1_000 + micro;
}
