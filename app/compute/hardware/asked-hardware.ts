import { cpuTopology } from './cpu-topology.ts';
import { FOLLOWED, type Follow, type Together } from './followed-hardware.ts';
import { HardwareDesign } from './hardware-design.ts';
import type { AskedHardware, HardwareWish } from './hardware-wish.ts';
import { refusedProperty, refusedSpec } from './refused-hardware.ts';

/**
 * Whatever a flavor's extra specs and an image's properties ask for is done by the host, or is one of its requirements, or
 * is refused here by its name: 400. What neither Nova nor Glance knows is anybody's.
 */
export function askedHardware({ flavor, properties }: HardwareWish): AskedHardware {
  const specs = flavor.extra_specs;
  const design = new HardwareDesign(properties);
  for (const [key, value] of Object.entries(specs)) refusedSpec(key, value, flavor);
  for (const [name, value] of Object.entries(properties)) refusedProperty(name, value, flavor);
  for (const { spec, property, together, follow } of FOLLOWED) {
    const asked = ask(specs, properties, { spec, property, together });
    if (asked) follow(asked.value, design, { ...asked, flavor, properties });
  }
  const topology = cpuTopology(flavor.vcpus, specs, properties);
  if (topology !== null) design.tell({ ...topology.told }, 'cpu:topology', topology.askedBy);
  return design.done();
}

function ask(
  specs: Record<string, string>,
  properties: Record<string, string>,
  { spec, property, together }: { spec: string | null; property: string | null; together: Together },
): (Omit<Parameters<Follow>[2], 'flavor' | 'properties'> & { value: string }) | null {
  const ofFlavor = spec === null ? undefined : own(specs, spec);
  const ofImage = property === null ? undefined : own(properties, property);
  if (ofFlavor !== undefined && ofImage !== undefined) {
    return together({ name: spec ?? '', value: ofFlavor }, { name: property ?? '', value: ofImage });
  }
  if (ofFlavor !== undefined) return { name: spec ?? '', value: ofFlavor };
  return ofImage === undefined ? null : { name: property ?? '', value: ofImage };
}

function own(record: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
