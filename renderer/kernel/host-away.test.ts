import { expect, it } from 'vitest';
import { testServer } from '../resources/machines/test-server.fixture.ts';
import { areAllAway, isOnAwayHost } from './host-away.ts';

const host = (name: string, isAway: boolean, projectHostId = '') => ({ name, isAway, projectHostId });

it('knows a machine’s host by what its project calls it, and by name where that is told', () => {
  const ofMember = testServer('active', { hostId: 'abc' });
  expect(isOnAwayHost(ofMember, [host('one', true, 'abc')])).toBe(true);
  expect(isOnAwayHost(ofMember, [host('one', false, 'abc'), host('two', true, 'def')])).toBe(false);
  const ofAnotherProject = testServer('active', { hostId: 'xyz', 'OS-EXT-SRV-ATTR:hypervisor_hostname': 'two' });
  expect(isOnAwayHost(ofAnotherProject, [host('one', true, 'abc'), host('two', false, 'def')])).toBe(false);
  expect(isOnAwayHost(ofAnotherProject, [host('two', true, 'def')])).toBe(true);
});

it('takes a machine that is on no host yet for reachable', () => {
  expect(isOnAwayHost(testServer('building', { hostId: '' }), [host('one', true)])).toBe(false);
});

it('warns of a launch only where it is known that no host is there', () => {
  expect(areAllAway(undefined)).toBe(false);
  expect(areAllAway([host('one', true), host('two', false)])).toBe(false);
  expect(areAllAway([host('one', true)])).toBe(true);
  expect(areAllAway([])).toBe(true);
});
