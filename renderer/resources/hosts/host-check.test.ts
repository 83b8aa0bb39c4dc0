import { beforeAll, expect, it } from 'vitest';
import type { HostFacts, PreflightCheck } from '../../../app/contract/host.ts';
import { startI18n } from '../../i18n/i18n.ts';
import { capacityOf } from './host-capacity.ts';
import { agentDetail, countChecks, describeCheck, describeFact, describeHint } from './host-check.ts';

beforeAll(() => startI18n('en'));

const check = (id: string, state: PreflightCheck['state'] = 'ok', hint: string | null = null): PreflightCheck => ({
  id,
  state,
  fact: `fact of ${id}`,
  hint,
  fixCommand: null,
});
const facts: HostFacts = {
  hostname: 'h',
  hypervisorType: 'qemu',
  hypervisorVersion: '7.2.22',
  accelerator: 'tcg',
  cpuArch: 'x86_64',
  cpuModel: 'c',
  vcpus: 4,
  memoryMib: 8192,
  diskGib: 100,
  diskFreeGib: 50,
  memoryFreeMib: 4096,
  capabilities: [],
  preflight: [check('a'), check('b', 'warning'), check('c', 'failed'), check('d', 'failed')],
  agentVersion: '1',
};

it('says facts by the host’s figures, and unknown ones as the agent does', () => {
  expect(describeFact(check('hypervisor'), facts)).toBe('QEMU 7.2.22');
  expect(describeFact(check('hypervisor', 'failed'), { ...facts, hypervisorVersion: null })).toBe('fact of hypervisor');
  expect(describeFact(check('memory'), facts)).toBe('4 GiB free of 8 GiB');
  expect(describeFact(check('disk'), facts)).toBe('50 GiB free of 100 GiB');
  expect(describeFact(check('new-check'), facts)).toBe('fact of new-check');
  expect(describeCheck(check('new-check'))).toBe('new-check');
  expect(describeCheck(check('rights'))).toBe('Rights');
});

it('has its own words for shortcomings it knows and keeps what the agent adds', () => {
  expect(describeHint(check('memory', 'ok', 'x'))).toBeNull();
  expect(describeHint(check('new-check', 'warning', 'Do this.'))).toBe('Do this.');
  expect(agentDetail(check('new-check', 'warning', 'Do this.'))).toBeNull();
  const slow = check('acceleration', 'warning', 'KVM is there but a guest does not start.');
  expect(describeHint(slow)).toContain('slower');
  expect(agentDetail(slow)).toBe('KVM is there but a guest does not start.');
});

it('counts what is wrong', () => {
  expect(countChecks(facts)).toEqual({ failed: 2, warnings: 1 });
  expect(countChecks(null)).toEqual({ failed: 0, warnings: 0 });
});

it('reckons capacity with overcommit', () => {
  const host = {
    facts,
    allocated: { vcpus: 6, memoryMib: 1024, diskGib: 10, machines: 2 },
    ratios: { vcpus: 4, memory: 1, disk: 1.5 },
  };
  expect(capacityOf(host)).toEqual({
    vcpus: { used: 6, limit: 16, real: 4, ratio: 4 },
    memory: { used: 1024, limit: 8192, real: 8192, ratio: 1 },
    disk: { used: 10, limit: 150, real: 100, ratio: 1.5 },
  });
  expect(capacityOf({ ...host, facts: null })).toBeNull();
});
