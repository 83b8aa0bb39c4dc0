import { expect, test } from 'vitest';
import { storedSizesSchema, storedSpecSchema } from './machine.ts';

const SPEC = {
  ...{ id: '0b5d0f3e-8c5b-4c41-9d5e-0d6f4b8f9a10', name: 'x', vcpus: 1, memoryMib: 128, rootDiskGib: 1 },
  image: { id: 'i', diskFormat: 'raw', size: 1, sha512: '', virtualSize: 1 },
  ...{ firmware: 'bios', hardware: {}, ports: [], configDrive: null },
};
const disk = (role: string, sizeMib: number) => ({ id: role, role, sizeMib, bus: null, serial: null, bootIndex: null });

test('what an earlier version has stored has its disks in fields of their own', () => {
  const read = storedSpecSchema.parse({ ...SPEC, ephemeralDiskGib: 2, swapMib: 64 });
  const disks = [disk('ephemeral', 2048), disk('swap', 64)];
  expect(read).toEqual({ ...SPEC, root: { bus: null, serial: null }, disks });
  expect(storedSpecSchema.parse(JSON.parse(JSON.stringify(read)))).toEqual(read);
  expect(storedSpecSchema.parse({ ...SPEC, swapMib: 0 }).disks).toEqual([]);
  const sizes = { vcpus: 1, memoryMib: 128, rootDiskGib: 0, ephemeralDiskGib: 1 };
  expect(storedSizesSchema.parse(sizes)).toEqual({
    vcpus: 1,
    memoryMib: 128,
    rootDiskGib: 0,
    disks: [disk('ephemeral', 1024)],
  });
  expect(storedSpecSchema.safeParse({ ...SPEC, ephemeralDiskGib: 'x' }).success).toBe(false);
});
