import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../cloud.ts';
import { ComputeClient } from './compute-client.ts';
import { EventListener } from './event-listener.ts';
import { uploadGuest } from './guest-image.ts';
import { SerialTerminal } from './serial-terminal.ts';
import { addTenant, type Tenant } from './tenant.ts';

let cloud: TestCloud;
let mine: ComputeClient;
let theirs: Tenant;
let theirEvents: EventListener;
let image: string;
const ids: string[] = [];

beforeAll(async () => {
  cloud = await startCloud();
  mine = new ComputeClient(cloud);
  image = await uploadGuest(cloud);
  theirs = await addTenant(cloud, 'tenant');
  theirEvents = await EventListener.open(cloud.url, theirs.token);
});

afterAll(async () => {
  theirEvents?.close();
  await cloud?.close();
});

test('two machines launched at once both run, with addresses of their own', async () => {
  const launched = await Promise.all(['one', 'two'].map((name) => mine.launch(image, { name, adminPass: name })));
  ids.push(...launched.map(({ id }) => id));
  const servers = await Promise.all(ids.map((id) => mine.settled(id, 'ACTIVE')));
  const addresses = servers.flatMap((server) => Object.values<any>(server.addresses).flat());
  expect(new Set(addresses.map(({ addr }) => addr)).size).toBe(2);
  expect(new Set(addresses.map((address) => address['OS-EXT-IPS-MAC:mac_addr'])).size).toBe(2);
});

test('each terminal leads to its own machine', async () => {
  const names = await Promise.all(
    ids.map(async (id, index) => {
      const terminal = await SerialTerminal.open(await mine.consoleUrl(id, 'serial'));
      await terminal.signIn(index === 0 ? 'one' : 'two');
      const name = await terminal.ask('hostname');
      terminal.close();
      return name;
    }),
  );
  expect(names).toEqual(['one', 'two']);
});

test('another project sees nothing of them: not the machine, its consoles, its log, its screen, nor its events', async () => {
  const [id] = ids;
  const server = `/compute/v2.1/servers/${id}`;
  const serial = { remote_console: { protocol: 'serial', type: 'serial' } };
  const vnc = { remote_console: { protocol: 'vnc', type: 'novnc' } };
  const answers = await Promise.all([
    theirs.compute.call('GET', server),
    theirs.compute.call('POST', `${server}/remote-consoles`, serial),
    theirs.compute.call('POST', `${server}/remote-consoles`, vnc),
    theirs.compute.call('POST', `${server}/action`, { 'os-getConsoleOutput': { length: null } }),
    theirs.compute.call('POST', `${server}/action`, { 'os-stop': null }),
    theirs.compute.call('GET', `/v1/servers/${id}/screenshot`),
    theirs.compute.call('GET', `/v1/servers/${id}/access`),
    theirs.compute.call('DELETE', server),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(404));
  expect((await theirs.compute.mustCall('GET', '/compute/v2.1/servers')).servers).toEqual([]);
  expect((await theirs.compute.mustCall('GET', `/v1/event-log?resourceId=${id}`)).events).toEqual([]);
  expect((await theirs.compute.mustCall('GET', '/v1/tasks')).tasks).toEqual([]);
  const told = theirEvents.frames.filter((frame) => JSON.stringify(frame).includes(id!));
  expect(told).toEqual([]);
});

test('the other project has machines of its own, and is told of them', async () => {
  const { id } = await theirs.compute.launch(image, { name: 'theirs' });
  await theirEvents.event('compute.instance.create.end', id);
  const link = await theirs.compute.consoleUrl(id, 'serial');
  const terminal = await SerialTerminal.open(link);
  await terminal.conversation.until(/cumulet-linux ready hostname=theirs/);
  terminal.close();
  // The administrator may look everywhere, but an ordinary list is of the own project.
  const { servers } = await mine.mustCall('GET', '/compute/v2.1/servers');
  expect(servers.map((server: { id: string }) => server.id).sort()).toEqual([...ids].sort());
  await theirs.compute.remove(id);
});

test('a console link with a wrong or missing token is refused', async () => {
  const consoles = `${cloud.url.replace('http', 'ws')}/console/websocket`;
  for (const query of ['', '?token=', `?token=${'x'.repeat(32)}`, '?token=x&token=y']) {
    const socket = await SerialTerminal.open(consoles + query);
    expect(await socket.closed).toBe(4401);
  }
  await expect(SerialTerminal.open(`${consoles}?token=%00`)).rejects.toThrow('Unexpected server response: 400');
});
