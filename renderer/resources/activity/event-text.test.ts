import { beforeAll, expect, test } from 'vitest';
import { startI18n, switchLanguage } from '../../i18n/i18n.ts';
import { describeEvent } from './event-text.ts';

beforeAll(() => startI18n('en'));

const given = {
  initiator_name: 'ada',
  name: 'rita',
  role_name: 'reader',
  target_name: 'team',
  inherited_to_projects: false,
};
const grant = (change: string, payload = {}) =>
  describeEvent({ type: `identity.role_assignment.${change}`, payload: { ...given, ...payload } });

test('who gave whom which role where is a sentence in each language', async () => {
  expect(grant('created')).toBe('ada gave rita the role reader in team');
  expect(grant('deleted', { inherited_to_projects: true })).toBe(
    'ada took the role reader in the projects below team from rita',
  );
  expect(grant('created', { target_name: undefined })).toBe('ada gave rita the role reader on the whole system');
  await switchLanguage('zh-CN');
  expect(grant('created')).toBe('ada 将 team 中的角色 reader 授予 rita');
  expect(describeEvent({ type: 'identity.OS-TRUST:trust.deleted', payload: {} })).toBe('已删除信任委托');
  await switchLanguage('en');
});

test('what an earlier version told without names, and what is not known, reads as far as it goes', () => {
  expect(describeEvent({ type: 'identity.role_assignment.created', payload: { role_id: 'r' } })).toBe(
    'Role assignment created',
  );
  expect(describeEvent({ type: 'identity.user.updated', payload: { name: 'rita' } })).toBe('User changed');
  expect(describeEvent({ type: 'identity.user.sung', payload: {} })).toBe('identity.user.sung');
  expect(describeEvent({ type: 'compute.instance.create.end', payload: {} })).toBe('Machine launched');
  expect(describeEvent({ type: 'volume.create.end', payload: {} })).toBe('volume.create.end');
});
