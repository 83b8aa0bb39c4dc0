import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { casesOf } from '../../scripts/testing/sitting.ts';
import { until } from '../cloud.ts';
import { FaultCloud } from './fault-cloud.ts';
import { listFailPoints } from './list-fail-points.ts';

const points = await listFailPoints();
const ofCards = points.filter((point) => /^server\.(attach|detach)_interface\./.test(point));

let cloud: FaultCloud;
let image: string;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  await cloud.startController();
  await cloud.startAgent();
  image = await cloud.uploadGuest();
  await cloud.controller?.kill();
});

afterEach(async () => {
  await cloud.controller?.kill();
});

afterAll(async () => {
  await cloud?.destroy();
});

const interfacesOf = (id: string) => `/compute/v2.1/servers/${id}/os-interface`;
async function cards(id: string): Promise<string[]> {
  const { body } = await cloud.request('GET', interfacesOf(id));
  return body.interfaceAttachments.map((card: { port_id: string }) => card.port_id);
}

describe('the controller is killed while a card comes and goes', () => {
  const inGate = (point: string) => point === 'server.attach_interface.plug.after';

  test.each(casesOf(ofCards, inGate))('at %s: it comes and goes all the same', async (failPoint) => {
    expect(ofCards).toHaveLength(8);
    const controller = await cloud.startController({ failPoint });
    await cloud.hostIsUp();
    const id = await cloud.launch(image);
    await cloud.serverIn(id, 'ACTIVE');
    const [first] = await cards(id);
    const begin = async () => {
      const { body } = await cloud.request('POST', interfacesOf(id), { interfaceAttachment: {} });
      await cloud.request('DELETE', `${interfacesOf(id)}/${body.interfaceAttachment.port_id}`);
    };
    await begin().catch(() => undefined);
    expect(await controller.endsWithin(90)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController();
    // The attach whose answer was lost is carried out; the detach that was asked for too.
    const isAttach = failPoint.startsWith('server.attach_interface.');
    await until('the cards that were asked for', 90, async () => {
      const { body } = await cloud.request('GET', `/v1/tasks?subjectId=${id}&state=active`);
      return body.tasks.length === 0 || undefined;
    });
    const left = await cards(id);
    expect(left).toHaveLength(isAttach ? 2 : 1);
    for (const port of left.filter((each) => each !== first)) {
      expect((await cloud.request('DELETE', `${interfacesOf(id)}/${port}`)).status).toBe(202);
    }
    await until('the card to be gone', 90, async () => (await cards(id)).length === 1 || undefined);
    expect(await cloud.violations()).toEqual([]);
    await cloud.deleteServer(id);
    await cloud.serverGone(id);
    expect(await cloud.violations()).toEqual([]);
  });
});
