import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CloudError } from '../api/cloud-error.ts';
import { ConsoleConnection } from './console-connection.ts';

class FakeSocket extends EventTarget {
  binaryType = 'blob';
  isClosed = false;
  close(): void {
    this.isClosed = true;
  }
  end(code: number): void {
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}

let sockets: FakeSocket[];
let tokens: string[];
let askToken: () => Promise<string>;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  tokens = [];
  askToken = async () => `token-${tokens.length + 1}`;
});
afterEach(() => {
  vi.useRealTimers();
});

function connect(canRenew = true): ConsoleConnection {
  return new ConsoleConnection({
    canRenew,
    askToken: () => askToken(),
    dial: (token) => {
      tokens.push(token);
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
  });
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

it('dials with a token, binary, and offers the socket', async () => {
  const connection = connect();
  connection.start();
  await settle();
  expect(tokens).toEqual(['token-1']);
  expect(sockets[0]?.binaryType).toBe('arraybuffer');
  expect(connection.snapshot().socket).toBe(sockets[0]);
  connection.opened();
  expect(connection.snapshot().state.phase).toBe('open');
});

it('comes back with a new token after a break', async () => {
  const connection = connect();
  connection.start();
  await settle();
  connection.opened();
  sockets[0]?.end(1006);
  expect(connection.snapshot()).toMatchObject({ state: { phase: 'waiting' }, socket: null });
  await vi.advanceTimersByTimeAsync(500);
  expect(tokens).toEqual(['token-1', 'token-2']);
});

it('rests while the machine is off and dials when it runs', async () => {
  const connection = connect();
  connection.setPower('off');
  connection.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tokens).toEqual([]);
  connection.setPower('on');
  await settle();
  expect(tokens).toEqual(['token-1']);
  connection.opened();
  connection.setPower('off');
  expect(sockets[0]?.isClosed).toBe(true);
  expect(connection.snapshot().state.phase).toBe('off');
});

it('ignores what a connection that was given up still says', async () => {
  const connection = connect();
  connection.start();
  await settle();
  connection.setPower('off');
  sockets[0]?.end(1006);
  expect(connection.snapshot().state.phase).toBe('off');
});

it('does not dial with a token that comes after it was stopped', async () => {
  const late = Promise.withResolvers<string>();
  askToken = () => late.promise;
  const connection = connect();
  connection.start();
  connection.stop();
  late.resolve('late');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tokens).toEqual([]);
});

it('is over when the machine is not there', async () => {
  askToken = () => Promise.reject(new CloudError('Instance could not be found.', { status: 404, code: 'not_found' }));
  const connection = connect();
  connection.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(connection.snapshot().state).toEqual({ phase: 'gone' });
});

it('tells listeners of each change until they let go', async () => {
  const connection = connect(false);
  const seen: string[] = [];
  const stop = connection.subscribe(() => seen.push(connection.snapshot().state.phase));
  connection.start();
  await settle();
  connection.opened();
  sockets[0]?.end(4401);
  stop();
  connection.retry();
  expect(seen).toEqual(['connecting', 'connecting', 'open', 'expired']);
});
