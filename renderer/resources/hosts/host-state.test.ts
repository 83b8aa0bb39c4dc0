import { beforeAll, expect, it } from 'vitest';
import { startI18n } from '../../i18n/i18n.ts';
import { describeHostState } from './host-state.ts';

beforeAll(() => startI18n('en'));

const up = { state: 'up' as const, disabledReason: null, isForcedDown: false };

it('says the worst of what keeps machines from a host, and why', () => {
  expect(describeHostState(up)).toEqual({ tone: 'running', label: 'Up' });
  expect(describeHostState({ ...up, disabledReason: '' })).toEqual({ tone: 'paused', label: 'Disabled' });
  const disabled = { ...up, disabledReason: 'a fan is loud' };
  expect(describeHostState(disabled)).toEqual({ tone: 'paused', label: 'Disabled', title: 'a fan is loud' });
  expect(describeHostState({ ...disabled, state: 'down' })).toMatchObject({ label: 'Down', title: 'a fan is loud' });
  expect(describeHostState({ ...disabled, isForcedDown: true }).label).toBe('Forced down');
});
