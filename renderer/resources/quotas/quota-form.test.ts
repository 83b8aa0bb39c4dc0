import { expect, test } from 'vitest';
import { DEFAULT_QUOTA } from '../../api/quota.api.ts';
import { changedLimits, isCounted, toQuotaForm } from './quota-form.ts';

test('unlimited is an empty field, and only what was changed is sent', () => {
  const before = toQuotaForm({
    instances: { limit: 5, used: 1, isOwn: true },
    cores: { limit: -1, used: 1, isOwn: false },
  });
  expect(before).toMatchObject({ instances: 5, cores: '', ram: '' });
  expect(changedLimits(before, before)).toEqual({});
  expect(changedLimits(before, { ...before, instances: '', cores: 0 })).toEqual({ instances: -1, cores: 0 });
});

test('what is used is told where it is known: keys are a person’s, defaults are nobody’s', () => {
  expect(isCounted('instances', { projectId: 'p' })).toBe(true);
  expect(isCounted('key_pairs', { projectId: 'p' })).toBe(false);
  expect(isCounted('key_pairs', { projectId: 'p', userId: 'u' })).toBe(true);
  expect(isCounted('instances', { projectId: DEFAULT_QUOTA })).toBe(false);
  expect(isCounted('metadata_items', { projectId: 'p' })).toBe(false);
});
