import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MachineStatus } from '../app/contract/machine.ts';
import { SimulatedDriver } from './hypervisor/simulated/simulated.driver.ts';
import type { SimulatedOptions } from './hypervisor/simulated/simulated-options.ts';
import { MachineOrders } from './machine-orders.ts';
import { FileOrderRecords, MemoryOrderRecords, type OrderRecords } from './order-records.ts';
import { makeTemporaryFolder } from './testing/temporary-folder.ts';
import { makeSpec, PRETENDED_IMAGE, plainOrder, spawnOn } from './testing/test-machine.ts';

function setUp(
  options: SimulatedOptions = {},
  records: OrderRecords = new MemoryOrderRecords(),
  isWanted = (_generation: number) => true,
) {
  const driver = new SimulatedDriver(options);
  const changes: MachineStatus[] = [];
  const orders = new MachineOrders({
    driver,
    records,
    onChange: (status) => changes.push(status),
    isWanted: async (_id, generation) => isWanted(generation),
  });
  return { driver, orders, changes, spec: makeSpec(PRETENDED_IMAGE) };
}

describe('orders that were given up', () => {
  test('do nothing, and are carried out should they be given after all', async () => {
    const unwanted = new Set([2]);
    const { orders, spec } = setUp({}, undefined, (generation) => !unwanted.has(generation));
    await orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder());
    await expect(orders.carryOut('pause', { id: spec.id, generation: 2 }, plainOrder())).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(orders.list()).toMatchObject([{ powerState: 'RUNNING' }]);
    unwanted.clear();
    expect(await orders.carryOut('pause', { id: spec.id, generation: 2 }, plainOrder())).toMatchObject({
      powerState: 'PAUSED',
    });
  });
});

describe('generations', () => {
  test('an order older than one seen changes nothing', async () => {
    const { orders, spec } = setUp();
    await orders.carryOut('spawn', { id: spec.id, generation: 3, spec }, plainOrder());
    await expect(orders.carryOut('pause', { id: spec.id, generation: 2 }, plainOrder())).rejects.toMatchObject({
      code: 'stale_generation',
    });
    expect(orders.list()).toMatchObject([{ powerState: 'RUNNING', generation: 3 }]);
  });

  test('a late spawn does not bring a destroyed machine back', async () => {
    const { orders, spec } = setUp();
    await orders.carryOut('destroy', { id: spec.id, generation: 2 }, plainOrder());
    await expect(orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder())).rejects.toMatchObject({
      code: 'stale_generation',
    });
    expect(orders.list()).toEqual([]);
  });

  test('the same order again changes nothing and answers with the state of now', async () => {
    const { driver, orders, spec } = setUp();
    await orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder());
    driver.happen(spec.id, { powerState: 'SHUTDOWN', reason: 'guest-shutdown', message: null });
    expect(await orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder())).toMatchObject({
      generation: 1,
      powerState: 'SHUTDOWN',
      reason: 'guest-shutdown',
    });
  });

  test('the same generation for another order is stale', async () => {
    const { orders, spec } = setUp();
    await orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder());
    await expect(orders.carryOut('destroy', { id: spec.id, generation: 1 }, plainOrder())).rejects.toMatchObject({
      code: 'stale_generation',
    });
  });

  test('an order that failed repeats its failure; a new one tries again', async () => {
    const failure = { verb: 'spawn', times: 1, code: 'disk_full', message: 'no room' } as const;
    const { orders, spec } = setUp({ failures: [failure] });
    const refused = { code: 'disk_full', message: 'no room', origin: 'hypervisor' };
    await expect(orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder())).rejects.toMatchObject(
      refused,
    );
    await expect(orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder())).rejects.toMatchObject(
      refused,
    );
    expect(await orders.carryOut('spawn', { id: spec.id, generation: 2, spec }, plainOrder())).toMatchObject({
      powerState: 'RUNNING',
    });
  });

  test('an order that failed because something was away is carried out anew', async () => {
    const failure = { verb: 'spawn', times: 1, code: 'unavailable', message: 'no controller to load from' } as const;
    const { orders, spec } = setUp({ failures: [failure] });
    await expect(orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder())).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder())).toMatchObject({
      powerState: 'RUNNING',
    });
  });

  test('the same order while it is under way joins it', async () => {
    const { orders, spec } = setUp({ delays: { spawn: 20 } });
    const stages: string[] = [];
    const first = orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder());
    const second = orders.carryOut(
      'spawn',
      { id: spec.id, generation: 1, spec },
      { ...plainOrder(), progress: ({ stage }) => stages.push(stage) },
    );
    expect(await second).toEqual(await first);
    expect(stages).toContain('start');
    expect(orders.list()).toHaveLength(1);
  });
});

describe('orders for one machine', () => {
  test('follow each other', async () => {
    const { orders, spec } = setUp({ delays: { spawn: 20, pause: 10 } });
    const answers = await Promise.all([
      orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder()),
      orders.carryOut('pause', { id: spec.id, generation: 2 }, plainOrder()),
      orders.carryOut('unpause', { id: spec.id, generation: 3 }, plainOrder()),
    ]);
    expect(answers.map(({ powerState }) => powerState)).toEqual(['RUNNING', 'PAUSED', 'RUNNING']);
  });

  test('destroy does not wait for a long spawn: it aborts it', async () => {
    const { orders, spec } = setUp({ delays: { spawn: 3_600_000 } });
    const spawn = orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder());
    const refused = expect(spawn).rejects.toMatchObject({ code: 'aborted' });
    expect(await orders.carryOut('destroy', { id: spec.id, generation: 2 }, plainOrder())).toEqual({});
    await refused;
    expect(orders.list()).toEqual([]);
  });

  test('the controller can abort; the machine is then as if never asked for', async () => {
    const { orders, spec } = setUp({ delays: { spawn: 3_600_000 } });
    const abort = new AbortController();
    const spawn = orders.carryOut(
      'spawn',
      { id: spec.id, generation: 1, spec },
      { ...plainOrder(), signal: abort.signal },
    );
    abort.abort();
    await expect(spawn).rejects.toMatchObject({ code: 'aborted' });
    expect(orders.list()).toEqual([]);
  });
});

describe('news', () => {
  test('what happens by itself is told at once', async () => {
    const { driver, orders, changes, spec } = setUp();
    await orders.carryOut('spawn', { id: spec.id, generation: 4, spec }, plainOrder());
    driver.happen(spec.id, { powerState: 'CRASHED', reason: 'guest-panic', message: 'oops' });
    expect(changes).toMatchObject([{ id: spec.id, generation: 4, powerState: 'CRASHED', reason: 'guest-panic' }]);
  });

  test('what an order brings about is told by its answer alone', async () => {
    const { orders, changes, spec } = setUp();
    await orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder());
    await orders.carryOut('reboot', { id: spec.id, generation: 2, type: 'hard', timeoutSeconds: 0 }, plainOrder());
    expect(changes).toEqual([]);
  });

  test('what happens while an order fails is told after it', async () => {
    const { driver, orders, changes, spec } = setUp();
    await orders.carryOut('spawn', { id: spec.id, generation: 1, spec }, plainOrder());
    const pause = orders.carryOut('pause', { id: spec.id, generation: 2 }, plainOrder());
    const refused = expect(pause).rejects.toMatchObject({ code: 'conflict' });
    driver.happen(spec.id, { powerState: 'SHUTDOWN', reason: 'killed', message: null });
    expect(changes).toEqual([]);
    await refused;
    expect(changes).toMatchObject([{ generation: 2, powerState: 'SHUTDOWN', reason: 'killed' }]);
  });
});

describe('across restarts of the agent', () => {
  test('generations and failures are remembered, and an order cut short is carried out anew', async () => {
    await using folder = await makeTemporaryFolder();
    const path = join(folder.path, 'orders');
    const before = setUp({ delays: { pause: 3_600_000 } }, await FileOrderRecords.open(path, new Date()));
    const { spec } = before;
    await before.orders.carryOut('spawn', { id: spec.id, generation: 5, spec }, plainOrder());
    const cutShort = before.orders
      .carryOut('pause', { id: spec.id, generation: 6 }, plainOrder())
      .catch((error: unknown) => error);
    await before.orders.close();
    await cutShort;

    const after = setUp({}, await FileOrderRecords.open(path, new Date()));
    await spawnOn(after.driver, spec);
    await expect(after.orders.carryOut('start', { id: spec.id, generation: 5 }, plainOrder())).rejects.toMatchObject({
      code: 'stale_generation',
    });
    expect(await after.orders.carryOut('pause', { id: spec.id, generation: 6 }, plainOrder())).toMatchObject({
      powerState: 'PAUSED',
      generation: 6,
    });
  });

  test('a destroyed machine is forgotten after a week, a machine that is there never', async () => {
    await using folder = await makeTemporaryFolder();
    const [gone, there] = [randomUUID(), randomUUID()];
    const records = await FileOrderRecords.open(folder.path, new Date());
    const at = '2026-01-01T00:00:00.000Z';
    await records.put(gone, { generation: 2, verb: 'destroy', outcome: { ok: true }, at });
    await records.put(there, { generation: 2, verb: 'spawn', outcome: { ok: true }, at });
    const later = await FileOrderRecords.open(folder.path, new Date('2026-01-09T00:00:00.000Z'));
    expect([later.get(gone), later.get(there)?.generation]).toEqual([null, 2]);
  });
});
