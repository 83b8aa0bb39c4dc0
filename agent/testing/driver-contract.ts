import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type MachineImage, type MachineSpec, usualDisks } from '../../app/contract/machine.ts';
import { machineDiagnosticsSchema } from '../../app/contract/machine-diagnostics.ts';
import { machineStatisticsSchema } from '../../app/contract/machine-statistics.ts';
import type { HypervisorDriver, MachineState } from '../hypervisor/driver.ts';
import { expectHardware } from './hardware-contract.ts';
import { testNics } from './nic-contract.ts';
import { plainOrder, spawnOn } from './test-machine.ts';

/** What a driver's test brings so that the contract can be tried on it. */
export interface DriverUnderTest {
  driver: HypervisorDriver;
  /** A machine whose guest answers the power button and writes to its serial line. */
  makeSpec(change?: Omit<Partial<MachineSpec>, 'image'>): MachineSpec & { image: MachineImage };
  /** A machine whose guest ignores the power button. */
  makeDeafSpec(): MachineSpec;
  /** Ends the machine as a failing host would. */
  kill(id: string): Promise<void>;
  /** What is left of a machine on the host: files, processes, sockets. */
  findTraces(id: string): Promise<string[]>;
  /** What the guest writes to its serial line when it is interrupted. */
  noticed: string;
  /** What the controller has of an image that was sent to it; null where that is nothing. */
  sentImage(id: string): Promise<Buffer | null>;
  /** Bytes the guest writes to its serial line once it is up. */
  greeting: string;
  close(): Promise<void>;
}

/** Every hypervisor driver passes these. `machine-orders.ts` relies on them. */
export function testDriverContract(name: string, setUp: () => Promise<DriverUnderTest>): void {
  describe(`the contract of hypervisor drivers: ${name}`, () => {
    let subject: DriverUnderTest;
    let driver: HypervisorDriver;
    const changes: MachineState[] = [];
    const spawned: string[] = [];

    beforeAll(async () => {
      subject = await setUp();
      driver = subject.driver;
      driver.onChange((state) => changes.push(state));
    });

    afterEach(async () => {
      for (const id of spawned.splice(0)) await driver.orders.destroy({ id: id }, plainOrder());
    });

    afterAll(async () => {
      await subject.close();
    });

    async function spawn(spec: MachineSpec): Promise<string> {
      spawned.push(spec.id);
      expect(await spawnOn(driver, spec)).toMatchObject({
        id: spec.id,
        powerState: 'RUNNING',
        reason: null,
      });
      return spec.id;
    }

    /** Resolves once the machine is told to be in the state. */
    function until(id: string, test: (state: MachineState) => boolean): Promise<void> {
      return new Promise((resolve) => {
        const look = (state: MachineState | null) => {
          if (state !== null && state.id === id && test(state)) resolve();
        };
        driver.onChange(look);
        look(driver.status(id));
      });
    }

    async function readUntil(stream: Duplex, text: string): Promise<string> {
      let read = '';
      for await (const chunk of stream) {
        read += chunk.toString('latin1');
        if (read.includes(text)) return read;
      }
      throw new Error(`the stream ended after ${JSON.stringify(read.slice(-500))}`);
    }

    test('spawn reports its stages, and the same again changes nothing', async () => {
      const spec = subject.makeSpec();
      spawned.push(spec.id);
      const stages = new Set<string>();
      const first = await driver.orders.spawn(
        { id: spec.id, spec },
        { ...plainOrder(), progress: ({ stage }) => stages.add(stage) },
      );
      for (const stage of ['disk', 'config-drive', 'network', 'start']) expect([...stages]).toContain(stage);
      expect(await spawnOn(driver, spec)).toEqual(first);
      expect(driver.list()).toEqual([first]);
      expect(driver.status(spec.id)).toEqual(first);
    });

    test('pause and unpause', async () => {
      const id = await spawn(subject.makeSpec());
      expect(await driver.orders.pause({ id: id }, plainOrder())).toMatchObject({ powerState: 'PAUSED', reason: null });
      expect(await driver.orders.pause({ id: id }, plainOrder())).toMatchObject({ powerState: 'PAUSED' });
      await expect(driver.orders.start({ id: id }, plainOrder())).rejects.toMatchObject({
        code: 'conflict',
        origin: 'user',
      });
      expect(await driver.orders.unpause({ id: id }, plainOrder())).toMatchObject({
        powerState: 'RUNNING',
        reason: null,
      });
      expect(await driver.orders.unpause({ id: id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
    });

    test('suspend and resume', async () => {
      const id = await spawn(subject.makeSpec());
      expect(await driver.orders.suspend({ id: id }, plainOrder())).toMatchObject({
        powerState: 'SUSPENDED',
        reason: null,
        forwards: [],
      });
      expect(await driver.orders.suspend({ id: id }, plainOrder())).toMatchObject({ powerState: 'SUSPENDED' });
      await expect(driver.orders.start({ id: id }, plainOrder())).rejects.toMatchObject({ code: 'conflict' });
      await expect(driver.orders.pause({ id: id }, plainOrder())).rejects.toMatchObject({ code: 'conflict' });
      expect(await driver.orders.resume({ id: id }, plainOrder())).toMatchObject({
        powerState: 'RUNNING',
        reason: null,
      });
      expect(await driver.orders.resume({ id: id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
    });

    test('a crash dump: the guest is told, and stays what it is', async () => {
      const id = await spawn(subject.makeSpec());
      const serial = await driver.openConsole(id, 'serial');
      await readUntil(serial, subject.greeting);
      const before = driver.status(id);
      expect(await driver.orders.triggerCrashDump({ id }, plainOrder())).toEqual(before);
      const again = await driver.openConsole(id, 'serial');
      await readUntil(again, subject.noticed);
      expect(driver.status(id)).toEqual(before);
      const paused = await driver.orders.pause({ id }, plainOrder());
      expect(await driver.orders.triggerCrashDump({ id }, plainOrder())).toEqual(paused);
      await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
      await expect(driver.orders.triggerCrashDump({ id }, plainOrder())).rejects.toMatchObject({ code: 'conflict' });
    });

    test('diagnostics', async () => {
      const spec = subject.makeSpec();
      const id = await spawn(spec);
      const measured = await driver.diagnostics(id);
      expect(machineDiagnosticsSchema.parse(measured)).toEqual(measured);
      expect(measured.cpus).toHaveLength(spec.vcpus);
      expect(measured.memory.maximumMib).toBe(spec.memoryMib);
      expect(measured.disks.map(({ name }) => name)).toContain('root');
      expect(measured.nics.map(({ mac }) => mac)).toEqual(spec.ports.map(({ mac }) => mac));
      await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
      await expect(driver.diagnostics(id)).rejects.toMatchObject({ code: 'conflict' });
      await expectHardware(driver, spec);
    });

    test('statistics, of machines that run and of no other', async () => {
      const id = await spawn(subject.makeSpec());
      const told = await driver.statistics();
      expect(z.array(machineStatisticsSchema).parse(told)).toEqual(told);
      expect(told.map((each) => each.id)).toContain(id);
      await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
      expect((await driver.statistics()).map((each) => each.id)).not.toContain(id);
    });

    test('stop at once, start, and reboot hard', async () => {
      const id = await spawn(subject.makeSpec());
      const atOnce = { graceful: false, timeoutSeconds: 0, force: true };
      expect(await driver.orders.stop({ id: id, ...atOnce }, plainOrder())).toMatchObject({
        powerState: 'SHUTDOWN',
        reason: null,
      });
      expect(await driver.orders.stop({ id: id, ...atOnce }, plainOrder())).toMatchObject({ powerState: 'SHUTDOWN' });
      await expect(driver.orders.pause({ id: id }, plainOrder())).rejects.toMatchObject({ code: 'conflict' });
      await expect(driver.orders.resume({ id: id }, plainOrder())).rejects.toMatchObject({ code: 'conflict' });
      await expect(driver.screenshot(id)).rejects.toMatchObject({ code: 'conflict' });
      expect(await driver.orders.start({ id: id }, plainOrder())).toMatchObject({
        powerState: 'RUNNING',
        reason: null,
      });
      expect(await driver.orders.start({ id: id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
      const hard = { type: 'hard', timeoutSeconds: 0 } as const;
      expect(await driver.orders.reboot({ id: id, ...hard }, plainOrder())).toMatchObject({
        powerState: 'RUNNING',
        reason: null,
      });
    });

    test('the power button: the guest goes down, and a soft reboot brings it back', async () => {
      const id = await spawn(subject.makeSpec());
      const serial = await driver.openConsole(id, 'serial');
      await readUntil(serial, subject.greeting);
      const graceful = { graceful: true, timeoutSeconds: 120, force: false };
      expect(await driver.orders.stop({ id: id, ...graceful }, plainOrder())).toMatchObject({
        powerState: 'SHUTDOWN',
        reason: null,
      });
      expect(await driver.orders.start({ id: id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
      const soft = { type: 'soft', timeoutSeconds: 120 } as const;
      expect(await driver.orders.reboot({ id: id, ...soft }, plainOrder())).toMatchObject({
        powerState: 'RUNNING',
        reason: null,
      });
    });

    test('a guest that ignores the power button', async () => {
      const id = await spawn(subject.makeDeafSpec());
      const graceful = { graceful: true, timeoutSeconds: 1, force: false };
      await expect(driver.orders.stop({ id: id, ...graceful }, plainOrder())).rejects.toMatchObject({
        code: 'timeout',
        hint: expect.any(String),
      });
      expect(driver.status(id)).toMatchObject({ powerState: 'RUNNING' });
      const soft = { type: 'soft', timeoutSeconds: 1 } as const;
      expect(await driver.orders.reboot({ id: id, ...soft }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
      const forced = { ...graceful, force: true };
      expect(await driver.orders.stop({ id: id, ...forced }, plainOrder())).toMatchObject({
        powerState: 'SHUTDOWN',
        reason: null,
      });
    });

    test('an end nobody asked for is told, with its reason', async () => {
      const id = await spawn(subject.makeSpec());
      const killed = until(id, ({ powerState }) => powerState === 'SHUTDOWN');
      await subject.kill(id);
      await killed;
      expect(driver.status(id)).toMatchObject({
        powerState: 'SHUTDOWN',
        reason: 'killed',
        message: expect.any(String),
      });
      expect(changes.filter((state) => state.id === id).at(-1)).toEqual(driver.status(id));
      expect(await driver.orders.start({ id: id }, plainOrder())).toMatchObject({
        powerState: 'RUNNING',
        reason: null,
        message: null,
      });
    });

    test('the serial line: scrollback for every viewer, the same log by lines', async () => {
      const id = await spawn(subject.makeSpec());
      const first = await driver.openConsole(id, 'serial');
      const output = await readUntil(first, subject.greeting);
      const second = await driver.openConsole(id, 'serial');
      expect(await readUntil(second, subject.greeting)).toContain(output.slice(0, 20));
      const log = await driver.consoleLog(id, null);
      expect(log).toContain(subject.greeting);
      expect(await driver.consoleLog(id, 0)).toBe('');
      const last = await driver.consoleLog(id, 2);
      expect(log.endsWith(last)).toBe(true);
      expect(last.replace(/\n$/, '').split('\n')).toHaveLength(2);
    });

    test('the screen: RFB for several viewers at once, and a PNG', async () => {
      const id = await spawn(subject.makeSpec());
      const [first, second] = await Promise.all([driver.openConsole(id, 'vnc'), driver.openConsole(id, 'vnc')]);
      expect(await readUntil(first, '\n')).toBe('RFB 003.008\n');
      expect(await readUntil(second, '\n')).toBe('RFB 003.008\n');
      const png = await driver.screenshot(id);
      expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    });

    test('rebuild: it is off, under its new name, also when it was suspended', async () => {
      const spec = subject.makeSpec();
      const id = await spawn(spec);
      const rebuild = (name: string) =>
        driver.orders.rebuild({ id, spec: { ...spec, name }, keepsEphemeral: false }, plainOrder());
      expect(await rebuild('once')).toMatchObject({ id, powerState: 'SHUTDOWN', reason: null });
      expect(await driver.orders.start({ id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
      await driver.orders.suspend({ id }, plainOrder());
      expect(await rebuild('twice')).toMatchObject({ powerState: 'SHUTDOWN', reason: null });
      expect(driver.describe(id)?.name).toBe('twice');
      expect(await driver.orders.start({ id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
    });

    test('snapshot: a disk image comes to the controller, from any state, and the machine stays as it is', async () => {
      const id = await spawn(subject.makeSpec());
      const take = async () => {
        const [image, stages, before] = [randomUUID(), new Set<string>(), driver.status(id)];
        const order = { ...plainOrder(), progress: ({ stage }: { stage: string }) => stages.add(stage) };
        expect(await driver.orders.snapshot({ id, image }, order)).toEqual(before);
        expect([...stages]).toContain('upload');
        expect((await subject.sentImage(image))?.toString('latin1', 0, 4)).toBe('QFI\xfb');
        // Again it is nothing to do.
        expect(await driver.orders.snapshot({ id, image }, plainOrder())).toEqual(before);
      };
      await take();
      await driver.orders.pause({ id }, plainOrder());
      await take();
      await driver.orders.unpause({ id }, plainOrder());
      await driver.orders.suspend({ id }, plainOrder());
      await take();
      await driver.orders.resume({ id }, plainOrder());
      await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
      await take();
    });

    test('a snapshot that is called off leaves nothing, and the machine as it is', async () => {
      const id = await spawn(subject.makeSpec());
      const [image, before, abort] = [randomUUID(), driver.status(id), new AbortController()];
      abort.abort(new Error('no longer wanted'));
      await expect(driver.orders.snapshot({ id, image }, { ...plainOrder(), signal: abort.signal })).rejects.toThrow();
      expect([driver.status(id), await subject.sentImage(image)]).toEqual([before, null]);
    });

    test('rescue and back: from whatever it was, it runs', async () => {
      const spec = subject.makeSpec();
      const id = await spawn(spec);
      const rescue = { image: spec.image, device: 'disk', bus: null, isStable: false, configDrive: null } as const;
      const running = { id, powerState: 'RUNNING', reason: null };
      expect(await driver.orders.rescue({ id, rescue }, plainOrder())).toMatchObject(running);
      expect(await driver.orders.rescue({ id, rescue }, plainOrder())).toMatchObject(running);
      const back = await driver.orders.unrescue({ id }, plainOrder());
      expect(back).toMatchObject(running);
      expect(await driver.orders.unrescue({ id }, plainOrder())).toEqual(back);
      await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
      const stable = { ...rescue, bus: 'scsi', isStable: true, configDrive: spec.configDrive } as const;
      expect(await driver.orders.rescue({ id, rescue: stable }, plainOrder())).toMatchObject(running);
      expect(driver.describe(id)?.image).toEqual(spec.image);
      await driver.orders.stop({ id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder());
      expect(await driver.orders.start({ id }, plainOrder())).toMatchObject(running);
    });

    test('resize: off, with other sizes, until it is confirmed or reverted; the same again changes nothing', async () => {
      const spec = subject.makeSpec();
      const id = await spawn(spec);
      const { vcpus, memoryMib, rootDiskGib, disks } = spec;
      const sizes = { vcpus, memoryMib, rootDiskGib, disks };
      const larger = { vcpus: 2, memoryMib: memoryMib + 32, rootDiskGib: 2, disks: usualDisks(1, 8) };
      const [first, second] = [randomUUID(), randomUUID()];
      const resize = { id, migration: first, ...larger, timeoutSeconds: 120 };
      const about = (migration: string) => ({ id, migration });
      const off = { powerState: 'SHUTDOWN', reason: null };
      expect(await driver.orders.resize(resize, plainOrder())).toMatchObject(off);
      expect(driver.describe(id)).toMatchObject(larger);
      expect(await driver.orders.start({ id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
      const running = driver.status(id);
      expect(await driver.orders.resize(resize, plainOrder())).toEqual(running);
      expect(await driver.orders.revertResize(about(second), plainOrder())).toEqual(running);
      await expect(driver.orders.confirmResize(about(second), plainOrder())).rejects.toMatchObject({
        code: 'conflict',
      });

      expect(await driver.orders.revertResize(about(first), plainOrder())).toMatchObject(off);
      expect(await driver.orders.revertResize(about(first), plainOrder())).toMatchObject(off);
      expect(driver.describe(id)).toMatchObject(sizes);
      await expect(driver.orders.confirmResize(about(first), plainOrder())).rejects.toMatchObject({ code: 'conflict' });

      expect(await driver.orders.resize({ ...resize, migration: second }, plainOrder())).toMatchObject(off);
      expect(await driver.orders.confirmResize(about(second), plainOrder())).toMatchObject(off);
      expect(await driver.orders.confirmResize(about(second), plainOrder())).toMatchObject(off);
      await expect(driver.orders.revertResize(about(second), plainOrder())).rejects.toMatchObject({ code: 'conflict' });
      await expect(
        driver.orders.resize({ ...resize, migration: randomUUID(), rootDiskGib: 1 }, plainOrder()),
      ).rejects.toMatchObject({ code: 'bad_request', hint: expect.any(String) });
      expect(driver.describe(id)).toMatchObject(larger);
      expect(await driver.orders.start({ id }, plainOrder())).toMatchObject({ powerState: 'RUNNING' });
    });

    testNics(() => ({ driver, makeSpec: subject.makeSpec, greeting: subject.greeting, spawn, readUntil, until }));

    test('rename', async () => {
      const id = await spawn(subject.makeSpec());
      const before = driver.status(id);
      await driver.change(id, { name: '-name "x",y=z\n' });
      expect(driver.status(id)).toEqual(before);
    });

    test('destroy leaves nothing, from any state, and is success when there is nothing', async () => {
      for (const bring of [
        async () => undefined,
        (id: string) => driver.orders.pause({ id: id }, plainOrder()),
        (id: string) => driver.orders.suspend({ id: id }, plainOrder()),
        (id: string) => driver.orders.stop({ id: id, graceful: false, timeoutSeconds: 0, force: true }, plainOrder()),
      ]) {
        const id = await spawn(subject.makeSpec());
        await bring(id);
        await driver.orders.destroy({ id: id }, plainOrder());
        expect(driver.status(id)).toBeNull();
        expect(await subject.findTraces(id)).toEqual([]);
        await driver.orders.destroy({ id: id }, plainOrder());
      }
      expect(driver.list()).toEqual([]);
    });

    test('an aborted spawn leaves nothing', async () => {
      const spec = subject.makeSpec();
      const abort = new AbortController();
      abort.abort(new Error('no longer wanted'));
      await expect(
        driver.orders.spawn({ id: spec.id, spec }, { ...plainOrder(), signal: abort.signal }),
      ).rejects.toThrow();
      expect(driver.status(spec.id)).toBeNull();
      expect(await subject.findTraces(spec.id)).toEqual([]);
    });

    test('a machine that is not there', async () => {
      const id = randomUUID();
      const gone = { code: 'not_found' };
      expect(driver.status(id)).toBeNull();
      for (const ask of [
        async () => driver.orders.start({ id: id }, plainOrder()),
        async () => driver.orders.pause({ id: id }, plainOrder()),
        async () => driver.orders.unrescue({ id }, plainOrder()),
        async () => driver.change(id, { name: 'x' }),
        async () => driver.orders.triggerCrashDump({ id }, plainOrder()),
        async () => driver.orders.snapshot({ id, image: randomUUID() }, plainOrder()),
        async () => driver.diagnostics(id),
        async () => driver.hardware(id),
        async () => driver.consoleLog(id, null),
        async () => driver.screenshot(id),
        async () => driver.openConsole(id, 'vnc'),
      ]) {
        await expect(ask()).rejects.toMatchObject(gone);
      }
    });

    test('facts', async () => {
      const facts = await driver.facts();
      expect(facts.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(facts.accelerator).not.toBeNull();
      expect(facts.capabilities).toContain('disk-format:qcow2');
      for (const check of facts.preflight) {
        if (check.state === 'ok') expect(check.hint).toBeNull();
        else expect(check.hint).toEqual(expect.stringMatching(/\.$/));
      }
    });
  });
}
