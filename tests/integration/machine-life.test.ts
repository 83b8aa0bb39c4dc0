import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STATISTICS_EVERY_MS } from '../../app/contract/machine-statistics.ts';
import { startCloud, type TestCloud, until } from '../cloud.ts';
import { ComputeClient } from './compute-client.ts';
import { EventListener } from './event-listener.ts';
import { lookAtScreen } from './rfb-screen.ts';
import { SerialTerminal } from './serial-terminal.ts';

const READY = /cumulet-linux ready hostname=(\S+)/g;

/** One machine from the catalogue to its end, as a person would use it: each test goes on where the one before left. */
describe('one machine from the catalogue to its end', () => {
  let cloud: TestCloud;
  let compute: ComputeClient;
  let events: EventListener;
  let image: string;
  let id: string;
  let password: string;
  let terminal: SerialTerminal;

  beforeAll(async () => {
    cloud = await startCloud();
    compute = new ComputeClient(cloud);
    events = await EventListener.open(cloud.url, cloud.token);
  });

  afterAll(async () => {
    terminal?.close();
    events?.close();
    await cloud?.close();
  });

  test('the built-in image is made on this computer and becomes active', async () => {
    const { entries } = await compute.mustCall('GET', '/v1/image-catalog');
    const entry = entries.find(({ builtIn }: { builtIn: boolean }) => builtIn);
    expect(entry).toMatchObject({ id: 'cumulet-linux', url: null, imageId: null });

    const { imageId, task } = await compute.mustCall('POST', `/v1/image-catalog/${entry.id}/import`);
    const versions = await events.taskToEnd(task.kind, imageId);
    expect(versions.at(-1)).toMatchObject({ state: 'succeeded', error: null });
    image = imageId;
    const stored = await compute.mustCall('GET', `/image/v2/images/${image}`);
    expect(stored).toMatchObject({ status: 'active', disk_format: 'qcow2', os_hash_algo: 'sha512' });
    const again = await compute.mustCall('GET', '/v1/image-catalog');
    expect(again.entries.find((each: { id: string }) => each.id === entry.id).imageId).toBe(image);
  });

  test('a launch tells its steps as they happen and ends ACTIVE', async () => {
    ({ id, adminPass: password } = await compute.launch(image, { name: 'first one' }));
    const versions = await events.taskToEnd('server.build', id);
    const ended = versions.at(-1)!;
    expect(ended.state).toBe('succeeded');
    expect(ended.steps.map(({ name, state }) => [name, state])).toEqual(
      ['schedule', 'ports', 'spawn', 'activate'].map((name) => [name, 'done']),
    );
    // Each step was seen running before it was seen done.
    const running = versions.flatMap(({ steps }) => steps.filter(({ state }) => state === 'running'));
    expect(new Set(running.map(({ name }) => name))).toEqual(new Set(['schedule', 'ports', 'spawn', 'activate']));
    const told = events.frames.flatMap((frame) =>
      frame.op === 'event' && frame.event.resource.id === id ? [frame.event.type] : [],
    );
    expect(told[0]).toBe('compute.instance.create.start');
    await events.event('compute.instance.create.end', id);

    const server = await compute.settled(id, 'ACTIVE');
    expect(server).toMatchObject({ name: 'first one', 'OS-EXT-STS:vm_state': 'active', 'OS-EXT-STS:power_state': 1 });
    expect(Object.values(server.addresses).flat()).toHaveLength(1);
  });

  test('the serial terminal shows the login and runs a command', async () => {
    terminal = await SerialTerminal.open(await compute.consoleUrl(id, 'serial'));
    await terminal.conversation.until(/cumulet-linux ready hostname=first-one/);
    await terminal.signIn(password);
    expect(await terminal.ask('echo $((6 * 7))')).toBe('42');
    await terminal.ask('echo survives > /tmp/mark');
  });

  test('a terminal opened later begins with what was said before', async () => {
    const later = await SerialTerminal.open(await compute.consoleUrl(id, 'serial'));
    await later.conversation.until(/cumulet-linux ready[\s\S]*echo survives/);
    later.close();
    expect(await terminal.ask('echo still here')).toBe('still here');
  });

  test('the console log holds the same', async () => {
    expect(await compute.consoleLog(id)).toMatch(/cumulet-linux ready hostname=first-one/);
    const { output } = await compute.act(id, { 'os-getConsoleOutput': { length: 2 } });
    expect(output.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });

  test('the screen speaks RFB and shows a picture', async () => {
    const screen = await lookAtScreen(await compute.consoleUrl(id, 'vnc'));
    expect(screen.banner).toBe('RFB 003.008\n');
    expect(screen.width).toBeGreaterThanOrEqual(640);
    expect(screen.height).toBeGreaterThanOrEqual(400);
    expect(screen.shades).toBeGreaterThan(1);

    const response = await fetch(`${cloud.url}/v1/servers/${id}/screenshot`, {
      headers: { 'x-auth-token': cloud.token },
    });
    expect(response.headers.get('content-type')).toBe('image/png');
    const png = Buffer.from(await response.arrayBuffer());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(500);
  });

  test('a rename is told and changes nothing else', async () => {
    await compute.mustCall('PUT', `/compute/v2.1/servers/${id}`, { server: { name: `it's "second" <b>` } });
    await events.event('compute.instance.update', id);
    expect((await compute.show(id)).name).toBe(`it's "second" <b>`);
    expect(await terminal.ask('hostname')).toBe('first-one');
  });

  test('pause and unpause', async () => {
    await compute.act(id, { pause: null });
    expect(await compute.settled(id, 'PAUSED')).toMatchObject({ 'OS-EXT-STS:power_state': 3 });
    expect((await compute.call('POST', `/compute/v2.1/servers/${id}/action`, { pause: null })).status).toBe(409);
    const viewer = await SerialTerminal.open(await compute.consoleUrl(id, 'serial'));
    await viewer.conversation.until(/cumulet-linux ready/);
    viewer.close();
    await compute.act(id, { unpause: null });
    await compute.settled(id, 'ACTIVE');
    expect(await terminal.ask('cat /tmp/mark')).toBe('survives');
  });

  test('a crash dump reaches the kernel, which goes on; diagnostics count what it does', async () => {
    const path = `/compute/v2.1/servers/${id}/diagnostics`;
    const before = await compute.mustCall('GET', path);
    expect(before).toMatchObject({ state: 'running', num_cpus: 1, num_nics: 1, memory_details: { maximum: 128 } });
    await compute.act(id, { trigger_crash_dump: null });
    await terminal.conversation.until(/NMI received for unknown reason[\s\S]*trying to continue\s*\n/);
    await compute.settled(id, 'ACTIVE');
    expect(await terminal.ask('cat /tmp/mark')).toBe('survives');
    const { cpu_details } = await compute.mustCall('GET', path);
    expect(cpu_details[0].time).toBeGreaterThan(before.cpu_details[0].time);
  });

  test('suspend ends the process and keeps the memory; resume brings it back', async () => {
    await compute.act(id, { suspend: null });
    await compute.settled(id, 'SUSPENDED');
    await compute.act(id, { resume: null });
    await compute.settled(id, 'ACTIVE');
    // The terminal is still open, as on a real cable, and the memory file system is the one from before.
    expect(await terminal.ask('cat /tmp/mark')).toBe('survives');
  });

  test('a soft reboot asks the guest, a hard one does not', async () => {
    const boots = await bootsSoFar();
    await compute.act(id, { reboot: { type: 'SOFT' } });
    await compute.settled(id, 'ACTIVE');
    await booted(boots + 1);
    await compute.act(id, { reboot: { type: 'HARD' } });
    await compute.settled(id, 'ACTIVE');
    await booted(boots + 2);
  });

  test('stop asks the guest to shut down; start boots it again', async () => {
    const boots = await bootsSoFar();
    await compute.act(id, { 'os-stop': null });
    expect(await compute.settled(id, 'SHUTOFF')).toMatchObject({ 'OS-EXT-STS:power_state': 4 });
    const refused = await compute.call('POST', `/compute/v2.1/servers/${id}/remote-consoles`, {
      remote_console: { protocol: 'serial', type: 'serial' },
    });
    expect(refused.status).toBe(409);
    await compute.act(id, { 'os-start': null });
    await compute.settled(id, 'ACTIVE');
    await booted(boots + 1);
  });

  test('its host tells what it uses', async () => {
    const told = async () => (await compute.mustCall('GET', `/v1/servers/${id}/statistics`)).points.at(-1)?.memoryBytes;
    await expect.poll(told, { timeout: 2 * STATISTICS_EVERY_MS, interval: 1000 }).toBeGreaterThan(0);
  });

  test('a guest that shuts down by itself is SHUTOFF, told by an event', async () => {
    await terminal.signIn(password);
    const before = events.frames.length;
    terminal.type('poweroff\n');
    const told = await events.first((frame) => {
      const isNew = events.frames.indexOf(frame) >= before;
      if (!isNew || frame.op !== 'event' || frame.event.resource.id !== id) return undefined;
      return frame.event.type === 'compute.instance.power_off.end' ? frame.event : undefined;
    });
    expect(told.payload.reason).toBe('guest-shutdown');
    const server = await compute.settled(id, 'SHUTOFF');
    // It was wanted: no fault.
    expect(server.fault).toBeUndefined();
  });

  test('the history names what was done, in order', async () => {
    const { instanceActions } = await compute.mustCall('GET', `/compute/v2.1/servers/${id}/os-instance-actions`);
    const actions = instanceActions.map(({ action }: { action: string }) => action).reverse();
    expect(actions[0]).toBe('create');
    expect(actions).toEqual(
      expect.arrayContaining(['pause', 'unpause', 'suspend', 'resume', 'reboot', 'stop', 'start']),
    );
  });

  test('delete takes the machine and its open consoles with it', async () => {
    await compute.act(id, { 'os-start': null });
    await compute.settled(id, 'ACTIVE');
    const link = await compute.consoleUrl(id, 'serial');
    const other = await SerialTerminal.open(link);
    await compute.remove(id);
    expect([4401, 4404]).toContain(await other.closed);
    expect([4401, 4404]).toContain(await terminal.closed);
    await events.event('compute.instance.delete.end', id);
    const dead = await SerialTerminal.open(link);
    expect([4401, 4404]).toContain(await dead.closed);
    const { limits } = await compute.mustCall('GET', '/v1/limits');
    expect(limits).toMatchObject({ instances: { used: 0 }, cores: { used: 0 }, ram: { used: 0 }, ports: { used: 0 } });
  });

  test('the event stream resumes where a reader left off', async () => {
    const all = events.frames.flatMap((frame) => (frame.op === 'event' ? [frame.event.id] : []));
    const resumed = await EventListener.open(cloud.url, cloud.token, all[0]);
    await resumed.first((frame) => (frame.op === 'event' && frame.event.id === all.at(-1) ? true : undefined));
    const seen = resumed.frames.flatMap((frame) => (frame.op === 'event' ? [frame.event.id] : []));
    expect(seen).toEqual(all.slice(1));
    resumed.close();
  });

  async function bootsSoFar(): Promise<number> {
    return [...(await compute.consoleLog(id)).matchAll(READY)].length;
  }

  async function booted(times: number): Promise<void> {
    await until('the guest to be up', 120, async () => ((await bootsSoFar()) >= times ? true : undefined));
  }
});
