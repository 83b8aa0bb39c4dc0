import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { requirementsOf } from '../machine-spec.ts';
import { IMAGE } from '../testing/test-cloud.ts';

interface Definition {
  description: string;
  enum?: string[];
}
type Definitions = Record<string, Definition>;
interface Namespace {
  namespace: string;
  resource_type_associations?: { name: string; prefix?: string }[];
  properties?: Definitions;
  objects?: { properties: Definitions }[];
}
const namespaces: Namespace[] = JSON.parse(
  readFileSync(new URL('../../../assets/metadefs.json', import.meta.url), 'utf8'),
);

/** All that is defined for images or flavors, by the name it has there. */
function definedFor(resource: string): (readonly [name: string, definition: Definition])[] {
  return namespaces.flatMap(({ resource_type_associations = [], properties = {}, objects = [] }) => {
    const found = resource_type_associations.find(({ name }) => name === resource);
    const all = [properties, ...objects.map((each) => each.properties)].flatMap((each) => Object.entries(each));
    return found ? all.map(([name, definition]) => [`${found.prefix ?? ''}${name}`, definition] as const) : [];
  });
}

/** What people and tools read, or another part looks at: any text is as good. */
const TEXTS =
  /^(os_(distro|version|type|admin_user|require_quiesce)|architecture|instance_uuid|hw_qemu_guest_agent|img_.+|sw_.+|hw_rescue_device|capabilities:.+|hw_machine_type)$/;

const withSpec = (specs: Record<string, string>, properties: Record<string, string>) => {
  const flavor = { id: 'f', name: 'f', vcpus: 2, ram: 512, disk: 1, ephemeral: 0, swap: 0 };
  const board: Record<string, string> = { hw_firmware_type: 'uefi', hw_machine_type: 'q35', ...properties };
  return requirementsOf({ ...flavor, extra_specs: specs }, { ...IMAGE, properties: board });
};

describe.each([
  ['OS::Glance::Image', (name: string, value: string) => withSpec({ 'hw_video:ram_max_mb': '64' }, tpm(name, value))],
  ['OS::Nova::Flavor', (name: string, value: string) => withSpec(tpm(name, value), {})],
])('the definitions for %s', (resource, ask) => {
  test('a value that they name is taken, and what is refused says so', () => {
    for (const [name, definition] of definedFor(resource)) {
      const isRefused = definition.description.includes('Launches that ask for it are refused.');
      for (const value of definition.enum ?? (isRefused ? ['true'] : [])) {
        const attempt = () => ask(name, value);
        if (isRefused) expect(attempt, `${name}=${value}`).toThrow(name);
        else expect(attempt, `${name}=${value}`).not.toThrow();
      }
    }
  });

  test('no other value is taken and left', () => {
    const defined = definedFor(resource).filter(([name]) => !TEXTS.test(name));
    expect(defined.length).toBeGreaterThan(20);
    for (const [name] of defined) expect(() => ask(name, 'nonsense'), name).toThrow(name);
  });
});

/** A model of a TPM goes with a version. */
function tpm(name: string, value: string): Record<string, string> {
  return name.endsWith('tpm_model') ? { [name.replace('model', 'version')]: '2.0', [name]: value } : { [name]: value };
}
