import { expect, it } from 'vitest';
import type { TaskProgress } from '../../../app/contract/task.ts';
import { startI18n, switchLanguage } from '../../i18n/i18n.ts';
import { describeProgress } from './task-text.ts';

const progress: TaskProgress = {
  ...{ done: 3, total: 7, unit: 'items', rate: 0.2, secondsLeft: 20 },
  waitsFor: { name: 'db', healthy: { kind: 'tcp', port: 5432 } },
};

it('says what is waited for in the place of how long it takes', async () => {
  await startI18n('en');
  expect(describeProgress(progress)).toBe('3 of 7 · waiting for db to answer on 5432');
  expect(describeProgress({ ...progress, waitsFor: null })).toMatch(/^3 of 7 · .*left$/);
  const http = { kind: 'http', port: 80, path: '/health', status: null } as const;
  expect(describeProgress({ ...progress, waitsFor: { name: 'db', healthy: http } })).toContain('on 80/health');
  await switchLanguage('zh-CN');
  expect(describeProgress(progress)).toContain('正在等待 db 在端口 5432 应答');
});
