import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { guestReportSchema } from '../../app/contract/guest.ts';
import type { MachineSpec } from '../../app/contract/machine.ts';
import type { HypervisorDriver } from '../hypervisor/driver.ts';
import { plainOrder } from './test-machine.ts';

/** A driver that states it can speak with guests, and a machine that runs and whose guest answers. */
export interface GuestUnderTest {
  driver: HypervisorDriver;
  spec: MachineSpec;
}

/** Every driver with the capability `guestAgent` passes these. The machine is off afterwards. */
export function testGuestAgentContract(name: string, subject: () => GuestUnderTest): void {
  describe(`the contract of guest agents: ${name}`, () => {
    const agent = () => {
      const { guestAgent } = subject().driver;
      if (guestAgent === undefined) throw new Error('The driver does not state that it can.');
      return guestAgent;
    };

    test('a guest tells of itself', async () => {
      const { spec } = subject();
      const report = await agent().report(spec.id);
      expect(guestReportSchema.parse(report)).toEqual(report);
      expect(report).toMatchObject({ answers: true, silence: null, hostName: expect.any(String) });
      expect(report.nics.map(({ mac }) => mac)).toEqual(spec.ports.map(({ mac }) => mac));
      expect(report.nics.flatMap(({ addresses }) => addresses)).toContain(spec.ports[0]?.fixedIps[0]?.ipAddress);
    });

    test('a password is set, two at once one after the other', async () => {
      const { spec } = subject();
      await Promise.all(['one', 'other'].map((password) => agent().setPassword(spec.id, 'root', password)));
    });

    test('a machine that does not run has nobody to speak with, and one that is not there is not found', async () => {
      const { driver, spec } = subject();
      await driver.orders.pause({ id: spec.id }, plainOrder());
      const refused = { code: 'conflict', origin: 'user', message: expect.stringContaining('does not run') };
      for (const then of ['paused', 'off']) {
        expect(await agent().report(spec.id), then).toMatchObject({ answers: false, silence: 'off', hostName: null });
        await expect(agent().setPassword(spec.id, 'root', 'x')).rejects.toMatchObject(refused);
        const atOnce = { graceful: false, timeoutSeconds: 0, force: true };
        await driver.orders.stop({ id: spec.id, ...atOnce }, plainOrder());
      }
      const unknown = randomUUID();
      await expect(agent().report(unknown)).rejects.toMatchObject({ code: 'not_found' });
      await expect(agent().setPassword(unknown, 'root', 'x')).rejects.toMatchObject({ code: 'not_found' });
    });
  });
}
