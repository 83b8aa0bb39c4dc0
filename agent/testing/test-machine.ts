import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { MachineImage, MachineSpec } from '../../app/contract/machine.ts';
import type { HypervisorDriver, MachineState, OrderContext } from '../hypervisor/driver.ts';

/** An image the file at `path` really is, as the controller would describe it. */
export async function describeImage(
  path: string,
  diskFormat: MachineImage['diskFormat'],
  virtualSize: number,
): Promise<MachineImage> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const { size } = await stat(path);
  return { id: randomUUID(), diskFormat, size, sha512: hash.digest('hex'), virtualSize };
}

/** A small machine with one port and a config drive. Its name is one that must not be taken for anything else. */
export function makeSpec<I extends MachineSpec['image'] = MachineImage>(
  image: I,
  change: Partial<MachineSpec> & { image?: I } = {},
): MachineSpec & { image: I } {
  const id = change.id ?? randomUUID();
  const metadata = JSON.stringify({ uuid: id, hostname: 'under-test', name: 'under-test' });
  return {
    id,
    name: 'x,"y"; $(touch /tmp/z) \n../<b>',
    vcpus: 1,
    memoryMib: 128,
    rootDiskGib: 1,
    disks: [],
    image,
    root: { bus: null, serial: null },
    firmware: 'bios',
    hardware: {},
    ports: [
      {
        id: randomUUID(),
        mac: '52:54:00:12:34:56',
        driver: 'user',
        networkId: randomUUID(),
        mtu: 1500,
        fixedIps: [{ ipAddress: '10.20.0.57', cidr: '10.20.0.0/24', gatewayIp: '10.20.0.1', dnsNameservers: [] }],
      },
    ],
    configDrive: { 'openstack/latest/meta_data.json': Buffer.from(metadata).toString('base64') },
    ...change,
  };
}

/** An image for drivers that never look at it. */
export const PRETENDED_IMAGE: MachineImage = {
  id: '00000000-0000-4000-8000-000000000001',
  diskFormat: 'raw',
  size: 1,
  sha512: '0'.repeat(128),
  virtualSize: 1,
};

/** An order nobody aborts. */
export function plainOrder(): OrderContext {
  return { signal: new AbortController().signal, progress: () => undefined, confirm: async () => undefined };
}

export function spawnOn(driver: HypervisorDriver, spec: MachineSpec, order = plainOrder()): Promise<MachineState> {
  return driver.orders.spawn({ id: spec.id, spec }, order);
}
