import { beforeAll, expect, it } from 'vitest';
import { startI18n } from '../../i18n/i18n.ts';
import { testUser } from '../../session/test-user.fixture.ts';
import { mayChange } from './network-rights.ts';

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
