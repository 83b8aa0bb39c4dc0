import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import type { MachinePort, MachineSpec } from '../../app/contract/machine.ts';
import type { HypervisorDriver, MachineState } from '../hypervisor/driver.ts';
import { plainOrder } from './test-machine.ts';

interface NicSubject {
  driver: HypervisorDriver;
  makeSpec(change?: Partial<MachineSpec>): MachineSpec;
  greeting: string;
  spawn(spec: MachineSpec): Promise<string>;
  readUntil(stream: Duplex, text: string): Promise<string>;
  until(id: string, test: (state: MachineState) => boolean): Promise<void>;
}

/** Another port in a network of its own. */
export function furtherPort(number: number): MachinePort {
  return {
    ...{ id: randomUUID(), mac: `52:54:00:99:00:0${number}`, driver: 'user', networkId: randomUUID(), mtu: 1500 },
    fixedIps: [
      {
        ...{ ipAddress: `10.30.${number}.57`, cidr: `10.30.${number}.0/24`, gatewayIp: `10.30.${number}.1` },
        dnsNameservers: [],
      },
    ],
  };
}

/** A part of the contract of hypervisor drivers: of those that tell of `nics:hotplug`. */
export function testNics(subject: () => NicSubject): void {
  const stop = (id: string) => ({ id, graceful: false, timeoutSeconds: 0, force: true });

  test('cards come and go while it runs, stands still and is off', async ({ skip }) => {
    const { driver, makeSpec, greeting, spawn, readUntil, until } = subject();
    if (!(await driver.facts()).capabilities.includes('nics:hotplug')) skip();
    const spec = makeSpec();
    const [first] = spec.ports.map(({ id }) => id);
    const port = furtherPort(1);
    const id = await spawn(spec);
    const plug = () => driver.orders.plugNic({ id, port }, plainOrder());
    const unplug = () => driver.orders.unplugNic({ id, port: port.id }, plainOrder());
    const told = ({ nics }: Pick<MachineState, 'nics'>) => nics?.map((nic) => [nic.port, nic.pending]);
    const known = () => driver.describe(id)?.ports.map((each) => each.id);
    await readUntil(await driver.openConsole(id, 'serial'), greeting);

    const plugged = await plug();
    expect(told(plugged)).toEqual([
      [first, null],
      [port.id, null],
    ]);
    const places = plugged.nics?.map(({ address }) => address);
    expect(new Set(places).size).toBe(2);
    for (const place of places ?? []) expect(place).toMatch(/^0000:00:[01][0-9a-f]\.0$/);
    expect(told(await plug())).toEqual(told(plugged));
    expect(known()).toEqual([first, port.id]);
    expect(told(await unplug())).toEqual([[first, null]]);
    expect(told(await unplug())).toEqual([[first, null]]);
    expect(known()).toEqual([first]);

    await plug();
    await driver.orders.pause({ id }, plainOrder());
    // Who stands still lets go of nothing.
    expect(told(await unplug())).toEqual([
      [first, null],
      [port.id, 'unplug'],
    ]);
    expect(known()).toEqual([first]);
    await expect(plug()).rejects.toMatchObject({ code: 'conflict', hint: expect.any(String) });
    await driver.orders.unpause({ id }, plainOrder());
    await until(id, ({ nics }) => nics?.length === 1);

    await driver.orders.stop(stop(id), plainOrder());
    expect(told(await plug())).toEqual([
      [first, null],
      [port.id, null],
    ]);
    expect(told(await driver.orders.start({ id }, plainOrder()))).toHaveLength(2);
    await driver.orders.stop(stop(id), plainOrder());
    expect(told(await unplug())).toEqual([[first, null]]);
    const absent = { id: randomUUID(), port: port.id };
    await expect(driver.orders.unplugNic(absent, plainOrder())).rejects.toMatchObject({ code: 'not_found' });
  });

  test('what a board or a guest does not take or let go of waits for the next start, and is kept with its memory', async ({
    skip,
  }) => {
    const { driver, makeSpec, spawn } = subject();
    if (!(await driver.facts()).capabilities.includes('nics:hotplug')) skip();
    const [gone, port] = [furtherPort(1), furtherPort(2)];
    const spec = makeSpec({ hardware: { hw_machine_type: 'q35' } });
    const id = await spawn({ ...spec, ports: [...spec.ports, gone] });
    const told = ({ nics }: Pick<MachineState, 'nics'>) => nics?.map((nic) => [nic.port, nic.pending]);
    const [first] = spec.ports.map((each) => each.id);
    await driver.orders.unplugNic({ id, port: gone.id }, plainOrder());
    const waiting = [
      [first, null],
      [gone.id, 'unplug'],
      [port.id, 'plug'],
    ];
    expect(told(await driver.orders.plugNic({ id, port }, plainOrder()))).toEqual(waiting);
    await driver.orders.suspend({ id }, plainOrder());
    expect(told(await driver.orders.resume({ id }, plainOrder()))).toEqual(waiting);
    const restarted = await driver.orders.reboot({ id, type: 'hard', timeoutSeconds: 0 }, plainOrder());
    expect(told(restarted)).toEqual([
      [first, null],
      [port.id, null],
    ]);
  });
}
