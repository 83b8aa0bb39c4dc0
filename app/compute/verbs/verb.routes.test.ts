import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VerbOffer, VerbView } from '../../contract/verbs.ts';
import { IMAGE, TestCloud } from '../testing/test-cloud.ts';
import { verbView } from './verb.routes.ts';
import { VERBS } from './verbs.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

/** What people choose, where an offer asks. */
const CHOSEN: Record<string, object> = {
  rebuild: { rebuild: { imageRef: IMAGE.id } },
  resize: { resize: { flavorRef: '1' } },
  'change-password': { changePassword: { adminPass: 'new' } },
};

/** Who has the right to what members may not do. */
const ADMINISTRATORS = ['shelve-offload'];
const whoMay = ({ name }: VerbOffer) => (ADMINISTRATORS.includes(name) ? 'admin' : 'member');

const ask = (id: string, offer: VerbOffer, who = whoMay(offer)) => {
  const { name, path, fields } = offer;
  const said = fields.map(({ name: field, kind }) => [field, kind === 'text' ? 'x' : 1]);
  const filled = Object.entries(offer.body).map(([key, value]) => [
    key,
    { ...Object(value), ...Object.fromEntries(said) },
  ]);
  const body = fields.length === 0 ? offer.body : Object.fromEntries(filled);
  const [root, url] = [/^\/compute\/v2\.1/, path.replace(':id', id)];
  return cloud.request('POST', url.replace(root, ''), CHOSEN[name] ?? body, { who, version: '2.90' });
};

test('the list says of each verb what it is and how it is offered', async () => {
  const { status, body } = await cloud.request('GET', '/v1/verbs', undefined, { who: 'reader' });
  expect([status, body.keptSeconds]).toEqual([200, 0]);
  const verbs: VerbView[] = body.verbs;
  expect(verbs.map(({ name }) => name)).toEqual(VERBS.map(({ name }) => name));
  const of = (name: string) => verbs.find((verb) => verb.name === name);
  expect(of('stop')).toMatchObject({
    ...{ action: 'os-stop', rule: 'os_compute_api:servers:stop', value: null, since: null },
    ...{ isCancellable: true, notification: 'power_off' },
    offers: [
      {
        ...{ name: 'shut-down', rule: 'v1:servers:power_off', path: '/v1/servers/:id/power-off' },
        body: { graceful: true, timeoutSeconds: 60 },
        allowed: { vm: ['active', 'error'], tasks: [null] },
      },
      { name: 'force-off', isDangerous: true, allowed: { tasks: [null, 'powering-off'] } },
    ],
  });
  expect(of('reboot')).toMatchObject({
    isCancellable: false,
    value: { required: ['type'], properties: { type: { enum: expect.arrayContaining(['SOFT', 'HARD']) } } },
    offers: [{ body: { reboot: { type: 'SOFT' } } }, { body: { reboot: { type: 'HARD' } } }],
  });
  expect(of('lock')).toMatchObject({ notification: null, allowed: { vm: null, tasks: null } });
  expect((await cloud.request('GET', '/v1/verbs', undefined, { who: null })).status).toBe(401);
});

/** As Nova: a rescue answers a password. */
const DONE: Record<string, number> = { rescue: 200, 'confirm-resize': 204 };
const done = ({ name }: VerbOffer) => DONE[name] ?? 202;

const BRING: Record<string, object | null> = {
  active: null,
  stopped: { 'os-stop': null },
  paused: { pause: null },
  suspended: { suspend: null },
  shelved_offloaded: { shelve: null },
  rescued: { rescue: null },
  resized: { resize: { flavorRef: '84' } },
};

/** The cloud as a test finds it: the list may not say more, or less, than the actions hold. */
describe.each(VERBS.map(verbView).flatMap(({ offers }) => offers))('$name', (offer) => {
  test.each(Object.entries(BRING))('is offered just when it is done: %s', async (state, bring) => {
    const id = await cloud.launchActive();
    if (bring) await cloud.request('POST', `/servers/${id}/action`, bring);
    await cloud.idle(id);
    const { status } = await ask(id, offer);
    const { vm } = offer.allowed;
    expect(status).toBe(vm === null || vm.includes(state) ? done(offer) : 409);
    await cloud.idle(id);
  });

  test('a lock keeps it from everybody but administrators, unless it passes', async () => {
    const id = await cloud.launchActive();
    await cloud.request('POST', `/servers/${id}/action`, { lock: null });
    const { status, body } = await ask(id, offer, 'member');
    if (whoMay(offer) === 'admin') expect(status).toBe(403);
    else expect(status).toBe(offer.passesLock ? done(offer) : 409);
    if (status === 409) expect(JSON.stringify(body)).toContain(`Instance ${id} is locked`);
    await cloud.idle(id);
  });
});
