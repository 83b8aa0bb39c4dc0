import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FAIL_POINTS, type FailPoint } from '../../agent/fail-point.ts';
import { casesOf } from '../../scripts/testing/sitting.ts';
import { until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { hypervisorsOf } from './process-table.ts';

let cloud: FaultCloud;
let image: string;

const allPointsOf = (verb: string) => FAIL_POINTS.filter((point) => point.startsWith(`agent.${verb}.`));
/** One for each thing that is there or not: files, process, saved memory. agent/crash.test.ts kills at all of them. */
const inGate: readonly FailPoint[] = [
  'agent.spawn.config-drive',
  'agent.spawn.launched',
  'agent.snapshot.copying',
  'agent.snapshot.sent',
  'agent.suspend.saved',
  'agent.quiesce.frozen',
  'agent.resume.loaded',
  'agent.replace.off',
  'agent.confirm_resize.merged',
  'agent.plug_nic.noted',
  'agent.destroy.stopped',
];
const pointsOf = (verb: string) => casesOf(allPointsOf(verb), (point) => inGate.includes(point));

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  image = await cloud.uploadGuest();
});

afterEach(async () => {
  await cloud.agent?.kill();
});

afterAll(async () => {
  await cloud?.destroy();
});

test('every fail point of the agent belongs to a verb that is tested here', () => {
  const verbs = ['spawn', 'destroy', 'suspend', 'resume', 'snapshot', 'quiesce', 'replace', 'confirm_resize'];
  const tested = [...verbs, 'plug_nic', 'unplug_nic'].flatMap(allPointsOf);
  expect(tested.sort()).toEqual([...FAIL_POINTS].sort());
});

describe('the agent is killed while it launches a machine', () => {
  test.each(pointsOf('spawn'))('at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverIn(id, 'ACTIVE');
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await expectNothingAfterDelete(id);
  });
});

describe('the agent is killed while it removes a machine', () => {
  test.each(pointsOf('destroy'))('at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.deleteServer(id);
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });
});

describe('the agent is killed while it takes a snapshot', () => {
  test.each(pointsOf('snapshot'))('at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const snapshot = (await cloud.act(id, { createImage: { name: 'copy' } })).body.image_id;
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverIn(id, 'ACTIVE');
    expect((await cloud.request('GET', `/image/v2/images/${snapshot}`)).body).toMatchObject({ status: 'active' });
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    expect((await cloud.request('DELETE', `/image/v2/images/${snapshot}`)).status).toBe(204);
    await expectNothingAfterDelete(id);
  });
});

describe('the agent is killed while a guest stands still for a snapshot', () => {
  test.each(pointsOf('quiesce'))('at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const answers = async () => (await cloud.request('GET', `/v1/servers/${id}/guest`)).body.answers;
    await until('the guest agent', 90, async () => ((await answers()) ? true : undefined));
    await cloud.act(id, { createImage: { name: 'copy' } });
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverIn(id, 'ACTIVE');
    // One that stands still answers nothing but whether it does.
    await until('the guest to go on', 90, async () => {
      const { hostName } = (await cloud.request('GET', `/v1/servers/${id}/guest`)).body;
      return hostName === null ? undefined : true;
    });
    const [{ id: snapshot }] = (await cloud.request('GET', '/image/v2/images?name=copy')).body.images;
    expect((await cloud.request('DELETE', `/image/v2/images/${snapshot}`)).status).toBe(204);
    await expectNothingAfterDelete(id);
  });
});

describe('the agent is killed while a card comes or goes', () => {
  test.each([...pointsOf('plug_nic'), ...pointsOf('unplug_nic')])('at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const path = `/compute/v2.1/servers/${id}/os-interface`;
    const cards = async () => (await cloud.request('GET', path)).body.interfaceAttachments;
    const attach = cloud.request('POST', path, { interfaceAttachment: {} });
    const isPlug = failPoint.startsWith('agent.plug_nic.');
    if (!isPlug) {
      const { port_id: port } = (await attach).body.interfaceAttachment;
      expect((await cloud.request('DELETE', `${path}/${port}`)).status).toBe(202);
    }
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    expect((await attach).status).toBe(200);
    const wanted = isPlug ? 2 : 1;
    await until('the card to be where it is to be', 90, async () => (await cards()).length === wanted || undefined);
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await expectNothingAfterDelete(id);
  });
});

describe('the agent is killed between a saved and a running machine', () => {
  test.each(pointsOf('suspend'))('at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.act(id, { suspend: null });
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverIn(id, 'SUSPENDED');
    expect(hypervisorsOf(cloud.dataDir)).toEqual([]);
    await cloud.act(id, { resume: null });
    await cloud.serverIn(id, 'ACTIVE');
    await expectNothingAfterDelete(id);
  });

  test.each(pointsOf('resume'))('at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.act(id, { suspend: null });
    await cloud.serverIn(id, 'SUSPENDED');
    await cloud.act(id, { resume: null });
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverIn(id, 'ACTIVE');
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await expectNothingAfterDelete(id);
  });
});

describe('the agent is killed while a machine gets other disks', () => {
  test.each(pointsOf('replace'))('rebuilt, at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.act(id, { rebuild: { imageRef: image } });
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverIn(id, 'ACTIVE');
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await expectNothingAfterDelete(id);
  });

  test.each(pointsOf('replace'))('rescued, at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.act(id, { rescue: null });
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverIn(id, 'RESCUE');
    await cloud.act(id, { unrescue: null });
    await cloud.serverIn(id, 'ACTIVE');
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await expectNothingAfterDelete(id);
  });
});

describe('the agent is killed while a machine gets another size', () => {
  /** Of a little more memory, on the same disk. */
  const resize = { resize: { flavorRef: '84' } };

  test.each(pointsOf('replace'))('resized and reverted, at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.act(id, resize);
    expect(await agent.endsWithin(90)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    await cloud.serverIn(id, 'VERIFY_RESIZE');
    await cloud.agent?.kill();
    const next = await cloud.startAgent({ failPoint });
    await cloud.act(id, { revertResize: null });
    expect(await next.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });
    await cloud.startAgent();
    expect(await cloud.serverIn(id, 'ACTIVE')).toMatchObject({ flavor: { ram: 128 } });
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await expectNothingAfterDelete(id);
  });

  test.each(pointsOf('confirm_resize'))('and keeps it, at %s', async (failPoint) => {
    const agent = await cloud.startAgent({ failPoint });
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    await cloud.act(id, resize);
    await cloud.serverIn(id, 'VERIFY_RESIZE');
    await cloud.act(id, { confirmResize: null });
    expect(await agent.endsWithin(60)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startAgent();
    expect(await cloud.serverIn(id, 'ACTIVE')).toMatchObject({ flavor: { ram: 256 } });
    expect(hypervisorsOf(cloud.dataDir)).toHaveLength(1);
    await expectNothingAfterDelete(id);
  });
});

async function expectNothingAfterDelete(id: string): Promise<void> {
  await cloud.deleteServer(id);
  await cloud.serverGone(id);
  expect(await cloud.violations()).toEqual([]);
}
