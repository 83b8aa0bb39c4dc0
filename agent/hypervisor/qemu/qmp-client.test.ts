import { Duplex } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { QmpClient, type QmpEvent } from './qmp-client.ts';

const GREETING = { QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 } }, capabilities: [] } };

/** The other end of a monitor: answers each request as the table says, or leaves it unanswered. */
class FakeMonitor extends Duplex {
  readonly requests: { execute: string; id: number }[] = [];
  private readonly answers: Record<string, unknown>;

  constructor(answers: Record<string, unknown> = {}) {
    super();
    this.answers = { qmp_capabilities: { return: {} }, ...answers };
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const request = JSON.parse(chunk.toString());
    this.requests.push(request);
    const answer = this.answers[request.execute];
    if (answer !== undefined) this.say({ ...answer, id: request.id });
    done();
  }

  say(...messages: unknown[]): void {
    this.push(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(''));
  }
}

async function connect(monitor: FakeMonitor, events: QmpEvent[] = []): Promise<QmpClient> {
  const opened = QmpClient.open(monitor, (event) => events.push(event));
  monitor.say(GREETING);
  return opened;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('QmpClient', () => {
  test('a command that is given up leaves no timer, which would keep the agent from ending', async () => {
    const client = await connect(new FakeMonitor());
    vi.useFakeTimers();
    const abort = new AbortController();
    const asked = client.execute('query-nothing', {}, { signal: abort.signal });
    expect(vi.getTimerCount()).toBe(1);
    abort.abort(new Error('given up'));
    await expect(asked).rejects.toThrow('given up');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('negotiates, then matches answers to requests by id, in whatever pieces they come', async () => {
    const monitor = new FakeMonitor();
    const client = await connect(monitor);
    const first = client.execute('query-a');
    const second = client.execute('query-b', { x: 1 });
    const text = `${JSON.stringify({ id: 3, return: 'b' })}\n${JSON.stringify({ id: 2, return: 'a' })}\n`;
    for (const character of text) monitor.push(character);
    expect(await Promise.all([first, second])).toEqual(['a', 'b']);
    expect(monitor.requests.map(({ execute }) => execute)).toEqual(['qmp_capabilities', 'query-a', 'query-b']);
  });

  test('passes events on, and to who waits for one', async () => {
    const events: QmpEvent[] = [];
    const monitor = new FakeMonitor();
    const client = await connect(monitor, events);
    const completed = client.waitForEvent('MIGRATION', (data) => data.status === 'completed');
    monitor.say({ event: 'STOP' }, { event: 'MIGRATION', data: { status: 'active' } });
    monitor.say({ event: 'MIGRATION', data: { status: 'completed' } });
    expect((await completed).data).toEqual({ status: 'completed' });
    expect(events.map(({ name }) => name)).toEqual(['STOP', 'MIGRATION', 'MIGRATION']);
  });

  test('a refusal says which command and why', async () => {
    const refusal = { error: { class: 'GenericError', desc: 'no such device' } };
    const client = await connect(new FakeMonitor({ device_del: refusal }));
    await expect(client.execute('device_del')).rejects.toMatchObject({
      code: 'hypervisor_failed',
      origin: 'hypervisor',
      message: 'QEMU refused device_del: no such device',
      qmpClass: 'GenericError',
    });
  });

  test('a connection that breaks fails what is under way and what comes after', async () => {
    const monitor = new FakeMonitor();
    const client = await connect(monitor);
    const pending = client.execute('query-status');
    const waiting = client.waitForEvent('RESUME', () => true);
    const failures = Promise.allSettled([pending, waiting]);
    monitor.destroy(new Error('ECONNRESET'));
    expect((await failures).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await client.closed;
    await expect(client.execute('query-status')).rejects.toMatchObject({ code: 'hypervisor_failed' });
  });

  test('an answer that does not come is a timeout', async () => {
    const client = await connect(new FakeMonitor());
    vi.useFakeTimers();
    const refused = expect(client.execute('query-status', {}, { timeoutMs: 5000 })).rejects.toMatchObject({
      code: 'timeout',
    });
    await vi.advanceTimersByTimeAsync(5000);
    await refused;
  });

  test('an abort ends the wait at once', async () => {
    const client = await connect(new FakeMonitor());
    const abort = new AbortController();
    const answer = client.execute('query-status', {}, { signal: abort.signal });
    abort.abort(new Error('no longer wanted'));
    await expect(answer).rejects.toThrow('no longer wanted');
  });

  test.each(['not json\n', '{"hello":1}\n', '[]\n'])('who says %j is not QEMU', async (noise) => {
    const monitor = new FakeMonitor();
    const opened = QmpClient.open(monitor, () => undefined);
    monitor.push(noise);
    await expect(opened).rejects.toMatchObject({ code: 'hypervisor_failed' });
    expect(monitor.destroyed).toBe(true);
  });
});
