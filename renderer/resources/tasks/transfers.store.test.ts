import { beforeEach, expect, it } from 'vitest';
import { type Session, useSessionStore } from '../../api/session.ts';
import {
  cancelTransfer,
  canRetry,
  clearFinishedTransfers,
  retryTransfer,
  runTransfer,
  secondsLeft,
  type Transfer,
  useTransfersStore,
} from './transfers.store.ts';

const what = { direction: 'up', imageId: 'i', name: 'disk', size: 100 } as const;
const first = (): Transfer => {
  const [transfer] = useTransfersStore.getState().transfers;
  if (!transfer) throw new Error('There is no transfer');
  return transfer;
};

beforeEach(() => useTransfersStore.setState({ transfers: [] }));

it('follows a transfer to its end', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = runTransfer(what, {
    run: async ({ onProgress }) => {
      onProgress(40);
      await promise;
    },
  });
  expect(first()).toMatchObject({ id: 'up:i', done: 40, size: 100, state: 'running' });
  resolve();
  expect(await end).toBe('succeeded');
  expect(first()).toMatchObject({ done: 100, state: 'succeeded' });
});

it('keeps the error and starts again from it', async () => {
  let attempts = 0;
  const start = (): Promise<string> =>
    runTransfer(what, {
      run: async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('disk full');
      },
      retry: () => void start(),
    });
  expect(await start()).toBe('failed');
  expect(first().error).toEqual(new Error('disk full'));
  expect(canRetry(first())).toBe(true);
  retryTransfer('up:i');
  await Promise.resolve();
  await Promise.resolve();
  expect(attempts).toBe(2);
  expect(useTransfersStore.getState().transfers).toHaveLength(1);
});

it('tells a cancelled transfer from a failed one', async () => {
  const end = runTransfer(what, {
    run: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });
  cancelTransfer('up:i');
  expect(await end).toBe('cancelled');
  expect(canRetry(first())).toBe(false);
  clearFinishedTransfers();
  expect(useTransfersStore.getState().transfers).toEqual([]);
});

it('asks before the window closes, but only while something is on its way', async () => {
  const asks = (): boolean => {
    const event = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(asks()).toBe(false);
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = runTransfer(what, { run: () => promise });
  expect(asks()).toBe(true);
  resolve();
  await end;
  expect(asks()).toBe(false);
});

it('ends with the session of who started it', async () => {
  const domain = { id: 'default', name: 'Default' };
  const session: Session = {
    token: 't',
    unscopedToken: 'r',
    rootToken: 'r',
    expiresAt: '',
    user: { id: 'u', name: 'ada', domain },
    project: { id: 'p', name: 'web', domain },
    domain: null,
    isSystem: false,
    roles: [],
  };
  useSessionStore.setState({ session, ended: null });
  const end = runTransfer(what, {
    run: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });
  useSessionStore.setState({ session: null, ended: 'signed-out' });
  expect(await end).toBe('cancelled');
  expect(useTransfersStore.getState().transfers).toEqual([]);
});

it('knows the time left once it knows the rate', () => {
  const transfer = { ...what, id: 'up:i', done: 20, state: 'running', error: null, startedAt: '' } as const;
  expect(secondsLeft({ ...transfer, rate: null })).toBeNull();
  expect(secondsLeft({ ...transfer, rate: 40 })).toBe(2);
});
