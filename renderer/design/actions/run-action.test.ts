import { IconTrash } from '@tabler/icons-react';
import { beforeEach, expect, it, vi } from 'vitest';
import { testUser } from '../../session/test-user.fixture.ts';
import { useConfirmStore } from '../dialogs/confirm.store.ts';
import { notifyError } from '../notify.tsx';
import { no, yes } from '../verdict.ts';
import { type Action, allowedThings } from './action.ts';
import { isRunning, runAction } from './run-action.ts';

vi.mock(import('../notify.tsx'), () => ({ notifyError: vi.fn(), notifyDone: vi.fn() }));
beforeEach(() => {
  vi.resetAllMocks();
});

const user = testUser('reader');
const things = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, name: `vm-${id}` }));
const action = (over: Partial<Action<{ id: string; name: string }>>): Action<{ id: string; name: string }> => ({
  id: 'thing.delete',
  label: () => 'Delete',
  icon: IconTrash,
  can: () => yes,
  run: () => undefined,
  ...over,
});

it('keeps what may be done, and says why nothing may', () => {
  const onlyA = action({ can: (thing) => (thing.id === 'a' ? yes : no(`not ${thing.id}`)) });
  expect(allowedThings(onlyA, things, user)).toEqual({ things: [things[0]], reason: null });
  expect(allowedThings(onlyA, things.slice(1), user)).toEqual({ things: [], reason: 'not b' });
});

it('does nothing when the question is answered with no', async () => {
  const run = vi.fn();
  const asked = runAction(
    action({ run, confirm: (all) => ({ title: `${all.length}`, text: '', confirmLabel: '' }) }),
    things,
  );
  expect(useConfirmStore.getState().asked?.confirmation.title).toBe('5');
  useConfirmStore.getState().asked?.answer(false);
  expect(await asked).toBe(false);
  expect(run).not.toHaveBeenCalled();
});

it('tells failures of one cause once, by name', async () => {
  const run = vi.fn(({ id }: { id: string }) => {
    if (id !== 'a') throw new Error('host down');
  });
  expect(await runAction(action({ run }), things)).toBe(true);
  expect(run).toHaveBeenCalledTimes(5);
  expect(notifyError).toHaveBeenCalledTimes(1);
  expect(notifyError).toHaveBeenCalledWith(new Error('host down'), 'Delete: vm-b, vm-c, vm-d +1');
});

it('does not start for a thing it already runs for', async () => {
  const gate = Promise.withResolvers<void>();
  const run = vi.fn(() => gate.promise);
  const first = runAction(action({ run }), things.slice(0, 1));
  expect(isRunning('thing.delete', 'a')).toBe(true);
  expect(await runAction(action({ run }), things.slice(0, 1))).toBe(false);
  gate.resolve();
  await first;
  expect(run).toHaveBeenCalledTimes(1);
  expect(isRunning('thing.delete', 'a')).toBe(false);
});
