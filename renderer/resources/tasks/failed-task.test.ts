import { expect, it } from 'vitest';
import type { TaskView } from '../../../app/contract/task.ts';
import { standingFailure, unseenFailures } from './failed-task.ts';

let made = 0;
const task = (state: TaskView['state'], changes: Partial<TaskView> = {}): TaskView => {
  made += 1;
  return { id: `t${made}`, state, userId: 'me', finishedAt: '2026-01-01T00:00:01Z', ...changes } as TaskView;
};

it('stands until something succeeds after it', () => {
  const failed = task('failed');
  expect(standingFailure([failed, task('succeeded')])).toBe(failed);
  expect(standingFailure([task('running'), task('cancelled'), failed])).toBe(failed);
  expect(standingFailure([task('succeeded'), failed])).toBeUndefined();
  expect(standingFailure([])).toBeUndefined();
});

it('counts what is one’s own, failed, and was not looked at', () => {
  const mine = task('failed', { finishedAt: '2026-01-02T00:00:00Z' });
  const all = [mine, task('failed', { userId: 'somebody' }), task('succeeded'), task('failed')];
  expect(unseenFailures(all, 'me', '2026-01-01T12:00:00Z')).toEqual([mine]);
  expect(unseenFailures(all, 'me', '')).toHaveLength(2);
});
