import { expect, test } from 'vitest';
import { changedLimits, toQuotaForm } from './quota-form.ts';

test('unlimited is an empty field, and only what was changed is sent', () => {
  const before = toQuotaForm({
    instances: { limit: 5, used: 1, isOwn: true },
    cores: { limit: -1, used: 1, isOwn: false },
  });
  expect(before).toMatchObject({ instances: 5, cores: '', ram: '' });
  expect(changedLimits(before, before)).toEqual({});
  expect(changedLimits(before, { ...before, instances: '', cores: 0 })).toEqual({ instances: -1, cores: 0 });
});
