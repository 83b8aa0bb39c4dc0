import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DiskToAttach } from '../hypervisor/attached-disks.ts';
import type { Disks, HypervisorDriver } from '../hypervisor/driver.ts';
import { plainOrder } from './test-machine.ts';

export interface DisksUnderTest {
  driver: HypervisorDriver & { readonly disks: Disks };
  /** A machine that runs, whose guest is up. */
  id: string;
  /** A raw file of the host. */
  file: string;
  close(): Promise<void>;
}

/** Every driver that has {@link Disks} passes these, with one machine from beginning to end. */
export function testDisksContract(name: string, setUp: () => Promise<DisksUnderTest>): void {
  describe(`disks that come and go: ${name}`, () => {
    let subject: DisksUnderTest;
    let orders: HypervisorDriver['orders'];
    let [disks, id]: [Disks, string] = [{} as Disks, ''];
    beforeAll(async () => {
      subject = await setUp();
      ({ id } = subject);
      ({ disks, orders } = subject.driver);
    });
    afterAll(() => subject.close());

    const blank = (): DiskToAttach => {
      return { key: randomUUID(), source: { kind: 'blank', sizeMib: 8 }, bus: null, serial: null };
    };
    const attach = (disk: DiskToAttach) => disks.attach({ id, disk }, plainOrder());
    const detach = (key: string) => disks.detach({ id, key }, plainOrder());
    const off = { graceful: false, timeoutSeconds: 0, force: true };

    test('while it runs; the same again changes nothing', async () => {
      const [one, other] = [blank(), { ...blank(), serial: 'a-serial-number' }];
      const attached = { key: one.key, bus: 'virtio', serial: one.key.slice(0, 20), isThere: true };
      expect(await attach(one)).toEqual(attached);
      expect(await attach(one)).toEqual(attached);
      const before = subject.driver.status(id);
      expect(await attach(other)).toMatchObject({ serial: 'a-serial-number', isThere: true });
      expect(await disks.list(id)).toMatchObject([{ key: one.key }, { key: other.key }]);
      await detach(one.key);
      await detach(one.key);
      expect(await disks.list(id)).toMatchObject([{ key: other.key, isThere: true }]);
      expect(subject.driver.status(id)).toEqual(before);
      await detach(other.key);
      expect(await disks.list(id)).toEqual([]);
    });

    test('a file of the host stays there when it is detached', async () => {
      const disk: DiskToAttach = { ...blank(), source: { kind: 'file', path: subject.file, format: 'raw' } };
      expect(await attach(disk)).toMatchObject({ isThere: true });
      await detach(disk.key);
      await access(subject.file);
    });

    test('nothing changes in a suspended or rescued machine, nor where the order is given up', async () => {
      const disk = blank();
      await attach(disk);
      const refused = { code: 'conflict', origin: 'user' };
      await orders.suspend({ id }, plainOrder());
      await expect(attach(blank())).rejects.toMatchObject(refused);
      await expect(detach(disk.key)).rejects.toMatchObject(refused);
      expect(await disks.list(id)).toMatchObject([{ key: disk.key, isThere: false }]);
      await orders.resume({ id }, plainOrder());
      expect(await disks.list(id)).toMatchObject([{ key: disk.key, isThere: true }]);
      const givenUp = { ...plainOrder(), confirm: () => Promise.reject(new Error('given up')) };
      await expect(disks.attach({ id, disk: blank() }, givenUp)).rejects.toThrow('given up');
      await expect(disks.detach({ id, key: disk.key }, givenUp)).rejects.toThrow('given up');
      expect(await disks.list(id)).toMatchObject([{ key: disk.key, isThere: true }]);
      await orders.stop({ id, ...off }, plainOrder());
    });

    test('while it is off; it starts with what it has', async () => {
      const [{ key: first = '' } = {}] = await disks.list(id);
      const disk = { ...blank(), bus: 'sata' } as const;
      expect(await attach(disk)).toMatchObject({ bus: 'sata', isThere: false });
      await orders.start({ id }, plainOrder());
      expect(await disks.list(id)).toMatchObject([
        { key: first, isThere: true },
        { key: disk.key, isThere: true },
      ]);
      await orders.stop({ id, ...off }, plainOrder());
      await detach(first);
      expect(await disks.list(id)).toMatchObject([{ key: disk.key, isThere: false }]);
      await detach(disk.key);
      expect(await disks.list(id)).toEqual([]);
    });

    test('a machine that is not there', async () => {
      const gone = randomUUID();
      const missing = { code: 'not_found' };
      await expect(disks.list(gone)).rejects.toMatchObject(missing);
      await expect(disks.attach({ id: gone, disk: blank() }, plainOrder())).rejects.toMatchObject(missing);
      await expect(disks.detach({ id: gone, key: randomUUID() }, plainOrder())).rejects.toMatchObject(missing);
    });
  });
}
