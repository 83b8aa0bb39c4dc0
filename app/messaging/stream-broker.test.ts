import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { once } from '../contract/testing/waiting.ts';
import { listen } from './bus.fixture.ts';
import { joinSockets, StreamBroker } from './stream-broker.ts';

let broker: StreamBroker;
let server: Awaited<ReturnType<typeof listen>>;
let accepted: PromiseWithResolvers<WebSocket>;
/** Runs as the connection stands, as a route's handler does. */
let onAccept: ((socket: WebSocket) => void) | undefined;
const clients: WebSocket[] = [];

beforeEach(async () => {
  onAccept = undefined;
  broker = new StreamBroker();
  server = await listen((socket) => {
    onAccept?.(socket);
    accepted.resolve(socket);
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await server.close();
});

/** Both ends of a new connection; the client may send before anybody listens on the other side. */
async function connect(first?: string): Promise<{ client: WebSocket; socket: WebSocket }> {
  accepted = Promise.withResolvers();
  const client = new WebSocket(server.url);
  clients.push(client);
  if (first !== undefined) client.on('open', () => client.send(Buffer.from(first)));
  const [socket] = await Promise.all([accepted.promise, once(client, 'open')]);
  return { client, socket };
}

/** Collects what arrives until it is as much as `wanted`. */
function received(client: WebSocket, wanted: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    client.on('message', (data: Buffer) => {
      parts.push(data);
      if (parts.reduce((sum, part) => sum + part.length, 0) >= wanted) resolve(Buffer.concat(parts));
    });
  });
}

test('an end that was waited for is handed over; others are sent away', async () => {
  const { streamId, socket, done } = broker.expect();
  const stranger = await connect();
  broker.arrive('unknown', stranger.socket);
  expect((await once(stranger.client, 'close'))[0]).toBe(1008);
  const agent = await connect();
  broker.arrive(streamId, agent.socket);
  expect(await socket).toBe(agent.socket);
  const second = await connect();
  broker.arrive(streamId, second.socket);
  expect((await once(second.client, 'close'))[0]).toBe(1008);
  done();
});

test('whoever gives up leaves no connection behind, before or after the other end came', async () => {
  const early = broker.expect();
  early.done();
  const agent = await connect();
  broker.arrive(early.streamId, agent.socket);
  expect((await once(agent.client, 'close'))[0]).toBe(1008);
  const late = broker.expect();
  const other = await connect('already talking');
  broker.arrive(late.streamId, other.socket);
  late.done();
  await once(other.client, 'close');
  expect(other.socket.readyState).toBe(other.socket.CLOSED);
});

test('bytes go both ways, and what was said before the other side listened is not lost', async () => {
  const browser = await connect();
  browser.socket.pause();
  browser.client.send('typed early');
  const { streamId, socket, done } = broker.expect();
  onAccept = (arriving) => broker.arrive(streamId, arriving);
  const agent = await connect('RFB 003.008\n');
  const [seen, typed] = [received(browser.client, 12), received(agent.client, 11)];
  const joined = joinSockets(browser.socket, await socket);
  expect(String(await seen)).toBe('RFB 003.008\n');
  expect(String(await typed)).toBe('typed early');
  const closed = once(agent.client, 'close');
  browser.client.close();
  await joined;
  done();
  await closed;
});

test.for(['one', 'other'] as const)('the end of the %s side is the end of both', async (side) => {
  const [one, other] = [await connect(), await connect()];
  const joined = joinSockets(one.socket, other.socket);
  const ends = Promise.all([once(one.client, 'close'), once(other.client, 'close')]);
  (side === 'one' ? one : other).client.terminate();
  await joined;
  await ends;
  expect([one.socket.readyState, other.socket.readyState]).toEqual([WebSocket.CLOSED, WebSocket.CLOSED]);
});

test('a side that is closed already does not hold the other', async () => {
  const [one, other] = [await connect(), await connect()];
  one.client.terminate();
  await once(one.socket, 'close');
  await joinSockets(one.socket, other.socket);
  await once(other.client, 'close');
});

test('a fast writer waits for a slow reader: nothing piles up between them', async () => {
  const [writer, reader] = [await connect(), await connect()];
  reader.client.pause();
  const joined = joinSockets(writer.socket, reader.socket);
  const chunk = Buffer.alloc(256 * 1024, 7);
  let sent = 0;
  // Written as fast as the kernel takes it, until it takes no more: then every buffer on the way is full.
  const stuck = () => writer.client.bufferedAmount > 4 * chunk.length;
  while (!stuck() && sent < 400) {
    await new Promise<void>((resolve) => {
      writer.client.send(chunk, () => resolve());
      // The callback comes only when the kernel took it; the next turns of the loop tell whether it did.
      setImmediate(() => setImmediate(resolve));
    });
    sent += 1;
  }
  expect(stuck()).toBe(true);
  expect(reader.socket.bufferedAmount).toBeLessThan(2 * 1024 * 1024);
  const all = received(reader.client, sent * chunk.length);
  reader.client.resume();
  expect((await all).equals(Buffer.alloc(sent * chunk.length, 7))).toBe(true);
  writer.client.close();
  await joined;
});
