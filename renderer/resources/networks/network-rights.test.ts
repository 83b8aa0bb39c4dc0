import { beforeAll, expect, it } from 'vitest';
import { startI18n } from '../../i18n/i18n.ts';
import { testUser } from '../../session/test-user.fixture.ts';
import { mayAddPort, mayChange, mayChooseAddress, mayMakeAgain } from './network-rights.ts';

beforeAll(() => startI18n('en'));

it('lets a project change its own networks, and administrators those of everybody', () => {
  const rights = { update_network: { allowed: true, needs: null } };
  const [own, shared] = [{ project_id: 'p' }, { project_id: 'other' }];
  const member = testUser('member', { rights });
  expect(mayChange('update_network', own, member)).toEqual({ allowed: true });
  expect(mayChange('update_network', shared, member)).toMatchObject({
    allowed: false,
    reason: 'The network belongs to another project',
  });
  expect(mayChange('update_network', shared, testUser('admin', { rights })).allowed).toBe(true);
  expect(mayChange('update_network', own, testUser('reader')).allowed).toBe(false);
});

it('lets everybody put ports on a shared network, with addresses of their choice on their own', () => {
  const allowed = { allowed: true, needs: null };
  const rights = { create_port: allowed, 'create_port:mac_address': allowed };
  const member = testUser('member', { rights });
  const [own, foreign] = [
    { project_id: 'p', shared: false },
    { project_id: 'other', shared: false },
  ];
  const shared = { ...foreign, shared: true };
  const may = (who: typeof member) =>
    [own, foreign, shared].map((each) => [mayAddPort(each, who).allowed, mayChooseAddress(each, who).allowed]);
  expect(may(member)).toEqual([
    [true, true],
    [false, false],
    [true, false],
  ]);
  expect(may(testUser('admin', { rights })).flat()).toEqual(Array(6).fill(true));
  expect(may(testUser('reader')).flat()).toEqual(Array(6).fill(false));
});

it('offers to make a port again where all it was can be asked for', () => {
  const rights = { 'create_port:mac_address': { allowed: true, needs: null } };
  const member = testUser('member', { rights });
  const port = { project_id: 'p', device_id: '', device_owner: '' };
  expect(mayMakeAgain(port, { project_id: 'p' }, member)).toBe(true);
  expect(mayMakeAgain(port, { project_id: 'other' }, member)).toBe(false);
  expect(mayMakeAgain({ ...port, project_id: 'other' }, { project_id: 'p' }, member)).toBe(false);
  const dhcp = { ...port, device_owner: 'network:dhcp' };
  expect(mayMakeAgain(dhcp, { project_id: 'p' }, member)).toBe(false);
  expect(mayMakeAgain(dhcp, { project_id: 'p' }, testUser('admin', { rights }))).toBe(true);
});
