import { beforeAll, expect, it } from 'vitest';
import { formatMemory } from '../../design/byte-size.ts';
import { startI18n } from '../../i18n/i18n.ts';
import { findMatches, plainLog } from './console-log.ts';
import { checkMachineName, suggestName } from './machine-name.ts';
import { addressesOf, describeMachineState, describeSize } from './machine-state.ts';
import { utcTime } from './machine-time.ts';
import { sshCommand } from './ReachCard.tsx';
import { testServer } from './test-server.fixture.ts';

beforeAll(() => startI18n('en'));

it('shows the change under way before the state', () => {
  expect(describeMachineState(testServer('active'))).toEqual({ tone: 'running', label: 'Running' });
  const pausing = testServer('active', { 'OS-EXT-STS:task_state': 'pausing' });
  expect(describeMachineState(pausing)).toEqual({ tone: 'busy', label: 'Pausing' });
  const unknown = testServer('active', { 'OS-EXT-STS:task_state': 'levitating' });
  expect(describeMachineState(unknown).label).toBe('levitating');
});

it('names floating addresses first', () => {
  const server = testServer('active', {
    addresses: {
      inner: [{ addr: '10.0.0.5', version: 4, 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': 'a' }],
      outer: [{ addr: '192.0.2.7', version: 4, 'OS-EXT-IPS:type': 'floating', 'OS-EXT-IPS-MAC:mac_addr': 'b' }],
    },
  });
  expect(addressesOf(server).map((each) => each.address)).toEqual(['192.0.2.7', '10.0.0.5']);
});

it('writes sizes as people read them', () => {
  expect(describeSize({ vcpus: 2, ram: 4096, disk: 40 })).toBe('2 vCPU · 4 GiB · 40 GiB');
  expect(describeSize({ vcpus: 1, ram: 128, disk: 0 })).toBe("1 vCPU · 128 MiB · image's disk");
  expect(formatMemory(1536)).toBe('1.5 GiB');
});

it('suggests the first name that is free', () => {
  expect(suggestName('Debian', new Set())).toBe('debian-1');
  expect(suggestName('debian', new Set(['debian-1', 'debian-2', 'debian-4']))).toBe('debian-3');
  expect(suggestName('  Ubuntu 24.04 LTS ', new Set())).toBe('ubuntu-24-04-lts-1');
  expect(suggestName('中文', new Set())).toBe('machine-1');
});

it('takes any text for a name, but no control characters', () => {
  expect(checkMachineName('Bob\'s <b> "web" ../1 😀')).toBeNull();
  expect(checkMachineName('   ')).toBe('Enter a name');
  expect(checkMachineName('a\nb')).toContain('Line breaks');
  expect(checkMachineName('x'.repeat(256))).toContain('255');
});

it('makes the command that signs in, where a port leads there', () => {
  const forwards = [{ guestPort: 22, hostAddress: '127.0.0.1', hostPort: 40022 }];
  expect(sshCommand({ forwards, defaultUser: 'debian' })).toBe('ssh -p 40022 debian@127.0.0.1');
  expect(sshCommand({ forwards, defaultUser: 'debian' }, 'my key')).toBe('ssh -i my-key.pem -p 40022 debian@127.0.0.1');
  expect(sshCommand({ forwards, defaultUser: null })).toBe('ssh -p 40022 127.0.0.1');
  expect(sshCommand({ forwards: [], defaultUser: 'debian' })).toBeNull();
});

it('reads times without a zone as UTC', () => {
  expect(utcTime('2026-01-01T00:00:01.000000')).toBe('2026-01-01T00:00:01.000000Z');
  expect(utcTime('2026-01-01T00:00:01Z')).toBe('2026-01-01T00:00:01Z');
  expect(utcTime('2026-01-01T00:00:01+02:00')).toBe('2026-01-01T00:00:01+02:00');
});

it('makes plain text of a serial log', () => {
  const raw = '\u001b[2J\u001b[1;32mok\u001b[0m done\r\n50%\r100%\r\n\u001b]0;title\u0007login: \u0007\r\n\r\n';
  expect(plainLog(raw)).toBe('ok done\n100%\nlogin:');
});

it('finds places in a log whatever their case', () => {
  expect(findMatches('Error, error; ERROR', 'error', 10)).toEqual([0, 7, 14]);
  expect(findMatches('aaaa', 'aa', 10)).toEqual([0, 2]);
  expect(findMatches('aaaa', 'a', 2)).toEqual([0, 1]);
  expect(findMatches('text', '', 10)).toEqual([]);
});
