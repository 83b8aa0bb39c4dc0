import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { takeAdminPassword } from './settings.ts';

test('the administrator’s password is taken out of what children inherit', () => {
  process.env.CUMULET_ADMIN_PASSWORD = 'hunter2';
  expect(takeAdminPassword()).toBe('hunter2');
  expect(execFileSync(process.execPath, ['-p', 'process.env.CUMULET_ADMIN_PASSWORD'], { encoding: 'utf8' })).toBe(
    'undefined\n',
  );
  expect(takeAdminPassword()).toBeUndefined();
});
