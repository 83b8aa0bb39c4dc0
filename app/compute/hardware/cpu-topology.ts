import { UserError } from '../../contract/errors.ts';
import { numberOf, refusal } from './hardware-design.ts';

const PARTS = ['sockets', 'cores', 'threads'] as const;
type Topology = Record<(typeof PARTS)[number], number>;

const WANTED = { spec: (part: string) => `hw:cpu_${part}`, property: (part: string) => `hw_cpu_${part}` };
const MOST = { spec: (part: string) => `hw:cpu_max_${part}`, property: (part: string) => `hw_cpu_max_${part}` };
/** As Nova bounds it where nobody else does. */
const LIMIT = 65_536;

/**
 * How the processors are divided, null where nobody asks. As in Nova the flavor's word goes before the image's, whose bounds
 * may only be narrower; of all that come to that number of processors it is the one with most parts as wanted, and of those
 * the one with most sockets.
 */
export function cpuTopology(
  vcpus: number,
  specs: Record<string, string>,
  properties: Record<string, string>,
): { told: Record<string, string>; askedBy: string } | null {
  const asked = (names: typeof WANTED, part: string) =>
    read(specs, names.spec(part)) ?? read(properties, names.property(part)) ?? null;
  const names = PARTS.flatMap((part) => [WANTED, MOST].flatMap((kind) => [kind.spec(part), kind.property(part)]));
  const askedBy = names.find((name) => Object.hasOwn(specs, name) || Object.hasOwn(properties, name));
  if (askedBy === undefined) return null;
  const most = Object.fromEntries(PARTS.map((part) => [part, bound(part, specs, properties)])) as Topology;
  const wanted = PARTS.map((part) => asked(WANTED, part));
  for (const [index, part] of PARTS.entries()) {
    const value = wanted[index] ?? null;
    if (value !== null && value > most[part]) {
      const name = Object.hasOwn(specs, WANTED.spec(part)) ? WANTED.spec(part) : WANTED.property(part);
      throw refusal(name, String(value), `at most ${most[part]} ${part} are allowed.`);
    }
  }
  const found = possible(vcpus, most).sort(
    (one, other) =>
      matches(other, wanted) - matches(one, wanted) || other.sockets - one.sockets || other.cores - one.cores,
  )[0];
  if (found === undefined) {
    const bounds = PARTS.map((part) => `${most[part]} ${part}`).join(', ');
    throw new UserError('bad_request', `${vcpus} processors cannot be divided into at most ${bounds}.`, {
      field: `extra_specs.${askedBy}`,
    });
  }
  return { told: Object.fromEntries(PARTS.map((part) => [`hw_cpu_${part}`, String(found[part])])), askedBy };
}

function bound(
  part: (typeof PARTS)[number],
  specs: Record<string, string>,
  properties: Record<string, string>,
): number {
  const ofFlavor = read(specs, MOST.spec(part)) ?? LIMIT;
  const ofImage = read(properties, MOST.property(part));
  if (ofImage === undefined) return ofFlavor;
  if (ofImage > ofFlavor) {
    throw refusal(MOST.property(part), String(ofImage), `the flavor allows ${ofFlavor} ${part} at most.`);
  }
  return ofImage;
}

function possible(vcpus: number, most: Topology): Topology[] {
  const found: Topology[] = [];
  for (let threads = 1; threads <= Math.min(vcpus, most.threads); threads++) {
    if (vcpus % threads !== 0) continue;
    const rest = vcpus / threads;
    for (let cores = 1; cores <= Math.min(rest, most.cores); cores++) {
      if (rest % cores === 0 && rest / cores <= most.sockets) found.push({ sockets: rest / cores, cores, threads });
    }
  }
  return found;
}

function matches(topology: Topology, wanted: readonly (number | null)[]): number {
  return PARTS.filter((part, index) => wanted[index] === topology[part]).length;
}

function read(record: Record<string, string>, name: string): number | undefined {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  return value === undefined ? undefined : numberOf(name, value, { least: 1, most: LIMIT });
}
