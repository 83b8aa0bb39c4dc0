import { describe, expect, test } from 'vitest';
import { assertKnownExtraSpecs } from '../extra-spec.validation.ts';
import { askedHardware } from './asked-hardware.ts';
import { hostWishes } from './eligible-hosts.ts';
import { EXTRA_SPEC_EXAMPLES, IMAGE_PROPERTY_EXAMPLES } from './hardware-examples.fixture.ts';

const FLAVOR = { name: 'm1', vcpus: 4, ram: 512, disk: 1, extra_specs: {} };
const ask = (extra_specs: Record<string, string>, properties: Record<string, string> = {}, vcpus = 4) => {
  const wish = { flavor: { ...FLAVOR, vcpus, extra_specs }, properties };
  hostWishes(wish);
  return askedHardware(wish);
};

describe('every extra spec that Nova knows', () => {
  test.each(EXTRA_SPEC_EXAMPLES)('$name=$value: $comes', ({ name, value, comes, beside, properties }) => {
    const attempt = () => ask({ ...beside, [name]: value }, properties);
    if (comes === 'refused') {
      expect(attempt).toThrow(expect.objectContaining({ code: 'bad_request', field: `extra_specs.${name}` }));
      expect(attempt).toThrow(name);
      return;
    }
    const { hardware, requirements } = attempt();
    if (comes === 'nothing to do') return;
    if (comes === 'a matter of hosts') {
      expect(hostWishes({ flavor: { ...FLAVOR, extra_specs: { [name]: value } }, properties: {} })).toMatchObject([
        { name: `${name}=${value}` },
      ]);
      return;
    }
    expect({ ...hardware, requirements }).toMatchObject({
      ...comes.told,
      requirements: expect.arrayContaining([comes.needs]),
    });
  });
});

test('what is done can be said of a flavor', () => {
  for (const { name, value, comes } of EXTRA_SPEC_EXAMPLES) {
    const say = () => assertKnownExtraSpecs({ [name]: value });
    if (comes !== 'refused') expect(say, `${name}=${value}`).not.toThrow();
  }
});

describe('every property of images that Nova knows', () => {
  test.each(IMAGE_PROPERTY_EXAMPLES)('$name=$value: $comes', ({ name, value, comes, beside = {}, properties }) => {
    const attempt = () => ask(beside, { ...properties, [name]: value });
    if (comes === 'refused') {
      expect(attempt).toThrow(expect.objectContaining({ code: 'bad_request', field: `properties.${name}` }));
      return;
    }
    const { hardware, requirements } = attempt();
    if (comes === 'nothing to do') return;
    if (comes === 'a matter of hosts') {
      expect(hostWishes({ flavor: FLAVOR, properties: { [name]: value } })).toMatchObject([
        { name: `${name}=${value}` },
      ]);
      return;
    }
    expect({ ...hardware, requirements }).toMatchObject({
      ...comes.told,
      requirements: expect.arrayContaining([comes.needs]),
    });
  });
});

describe('where a flavor and an image both ask', () => {
  test('the image says what its watchdog does', () => {
    const { hardware } = ask({ 'hw:watchdog_action': 'reset' }, { hw_watchdog_action: 'pause' });
    expect(hardware.hw_watchdog_action).toBe('pause');
    const { requirements } = ask({ 'hw:watchdog_action': 'reset' }, { hw_watchdog_action: 'disabled' });
    expect(requirements).toEqual([]);
  });

  test.each([
    [{ 'hw:tpm_version': '2.0' }, { hw_tpm_version: '1.2' }],
    [{ 'hw:pmu': 'true' }, { hw_pmu: 'false' }],
    [{ 'os:secure_boot': 'disabled' }, { os_secure_boot: 'optional' }],
  ])('%j and %j go not together', (specs, properties) => {
    expect(() => ask(specs, properties)).toThrow(/the flavor says/);
  });

  test('what is named in no list is anybody’s', () => {
    const { hardware, requirements } = ask({ 'acme:colour': 'red', plain: 'x' }, { hw_acme: 'x', os_distro: 'debian' });
    expect({ hardware, requirements }).toEqual({ hardware: { hw_acme: 'x', os_distro: 'debian' }, requirements: [] });
  });
});

describe('how processors are divided', () => {
  const divide = (vcpus: number, specs: Record<string, string>, properties: Record<string, string> = {}) => {
    const { hw_cpu_sockets, hw_cpu_cores, hw_cpu_threads } = ask(specs, properties, vcpus).hardware;
    return [hw_cpu_sockets, hw_cpu_cores, hw_cpu_threads].map(Number);
  };

  test.each([
    ['as wanted', 8, { 'hw:cpu_sockets': '2', 'hw:cpu_cores': '2', 'hw:cpu_threads': '2' }, {}, [2, 2, 2]],
    ['bounded by the flavor', 8, { 'hw:cpu_max_sockets': '2' }, {}, [2, 4, 1]],
    ['wanted by the image', 4, {}, { hw_cpu_cores: '2' }, [2, 2, 1]],
    ['the flavor before the image', 4, { 'hw:cpu_cores': '4' }, { hw_cpu_cores: '2' }, [1, 4, 1]],
    ['what cannot all be had is nearest', 6, { 'hw:cpu_sockets': '3', 'hw:cpu_threads': '4' }, {}, [3, 2, 1]],
    ['narrower by the image', 8, { 'hw:cpu_max_sockets': '4' }, { hw_cpu_max_sockets: '1' }, [1, 8, 1]],
  ])('%s', (_name, vcpus, specs, properties, expected) => {
    expect(divide(vcpus as number, specs as Record<string, string>, properties as Record<string, string>)).toEqual(
      expected,
    );
  });

  test.each([
    [{ 'hw:cpu_max_sockets': '1', 'hw:cpu_max_cores': '2', 'hw:cpu_max_threads': '1' }, {}, /cannot be divided/],
    [{ 'hw:cpu_max_sockets': '2' }, { hw_cpu_max_sockets: '3' }, /hw_cpu_max_sockets=3/],
    [{ 'hw:cpu_max_cores': '2' }, { hw_cpu_cores: '4' }, /hw_cpu_cores=4/],
    [{ 'hw:cpu_sockets': '0' }, {}, /hw:cpu_sockets=0/],
  ])('%j with %j is refused', (specs, properties, message) => {
    expect(() => divide(4, specs as Record<string, string>, properties as Record<string, string>)).toThrow(message);
  });
});
