import { expect, it } from 'vitest';
import { hostsWithoutIsolation } from './guest-reach.ts';

const host = (hostname: string, capabilities: string[], hypervisorType = 'qemu') => ({
  facts: { hostname, hypervisorType, capabilities },
});

it('names the hosts that guests can reach, and says nothing where nothing is known', () => {
  const closed = host('closed', ['firmware:bios', 'network:isolated']);
  expect(hostsWithoutIsolation([closed])).toEqual([]);
  expect(hostsWithoutIsolation([closed, host('open', ['firmware:bios'])])).toEqual(['open']);
  expect(hostsWithoutIsolation([])).toBeNull();
  expect(hostsWithoutIsolation([{ facts: null }, host('pretended', [], 'simulated')])).toBeNull();
});
