import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { once } from '../../app/contract/testing/waiting.ts';
import { casesOf } from '../../scripts/testing/sitting.ts';
import { repository, until } from '../cloud.ts';
import { FaultCloud, guestImage } from './fault-cloud.ts';
import { listFailPoints } from './list-fail-points.ts';

const points = (await listFailPoints()).filter((point) => /^image\.(import|build)\./.test(point));
/** Of these the gate keeps the file that is in its place, which nobody has noted. */
const inGate = (point: string) => point === 'image.import.store.after';

let cloud: FaultCloud;
let site: Server;
let catalog: string;

beforeAll(async () => {
  cloud = await FaultCloud.create();
  const content = await readFile(await guestImage());
  site = createServer((_request, response) => response.end(content)).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const entries = JSON.parse(await readFile(join(repository, 'assets', 'image-catalog.json'), 'utf8'));
  const downloaded = {
    ...entries.find(({ builtIn }: { builtIn: boolean }) => !builtIn),
    id: 'downloaded',
    url: `http://127.0.0.1:${(site.address() as AddressInfo).port}/disk.qcow2`,
    checksum: { algorithm: 'sha512', value: createHash('sha512').update(content).digest('hex'), url: null },
    size: content.length,
  };
  catalog = join(cloud.dataDir, 'catalog.json');
  await writeFile(
    catalog,
    JSON.stringify([...entries.filter((entry: { builtIn: boolean }) => entry.builtIn), downloaded]),
  );
});

afterEach(async () => {
  await cloud.controller?.kill();
});

afterAll(async () => {
  await cloud?.destroy();
  site?.closeAllConnections();
  site?.close();
});

describe('the controller is killed while it gets an image of the catalogue', () => {
  test.each(casesOf(points, inGate))('at %s: it is there all the same', async (failPoint) => {
    const controller = await cloud.startController({ failPoint, catalog });
    const entry = failPoint.startsWith('image.build.') ? 'cumulet-linux' : 'downloaded';
    await cloud.request('POST', `/v1/image-catalog/${entry}/import`).catch(() => undefined);
    expect(await controller.endsWithin(120)).toMatchObject({ signal: 'SIGKILL' });

    await cloud.startController({ catalog });
    const image = await until('the image to be active', 120, async () => {
      const { body } = await cloud.request('GET', '/image/v2/images?status=active');
      return body.images[0];
    });
    const { body } = await cloud.request('GET', '/v1/tasks?state=finished&limit=1');
    expect(body.tasks).toMatchObject([{ state: 'succeeded', error: null, subject: { id: image.id } }]);
    expect((await cloud.request('DELETE', `/image/v2/images/${image.id}`)).status).toBe(204);
    expect(await cloud.violations()).toEqual([]);
  });
});
