import { z } from 'zod';
import { consoleTypeSchema } from './console.ts';

/** What waits for the next start: it has it from then on (`comes`), or until then (`leaves`). */
const pending = z.enum(['comes', 'leaves']).nullable().meta({
  description: 'It has it from its next start on (`comes`), or until then (`leaves`); null where nothing waits.',
});
const address = z.string().nullable().meta({ description: 'Where a guest finds it on its bus, as `0000:00:05.0`.' });
const size = z.number().nullable();

const hardwareDiskSchema = z
  .object({
    id: z.string(),
    role: z.string().meta({ description: '`root`, `ephemeral`, `swap`, `config-drive`, `cdrom`, `rescue`, ...' }),
    sizeBytes: size.meta({ description: 'What the guest sees.' }),
    usedBytes: size.meta({ description: 'What it takes on its host, without the image that it stands on.' }),
    bus: z.string(),
    address,
    imageId: z.string().nullable().meta({ description: 'What it is made of; null of a blank one.' }),
    imageBytes: size.meta({ description: 'Of that image.' }),
    serial: z.string().nullable(),
    bootIndex: z.number().nullable().meta({ description: 'The firmware tries the lowest first.' }),
    pending,
  })
  .meta({ title: 'HardwareDisk' });

const hardwareCardSchema = z
  .object({
    id: z.string(),
    portId: z.string(),
    mac: z.string(),
    model: z.string(),
    address,
    networkId: z.string(),
    ipAddresses: z.array(z.string()),
    pending,
  })
  .meta({ title: 'HardwareCard' });

const hardwareDeviceSchema = z
  .object({
    kind: z.string().meta({ description: '`video`, `random`, `balloon`, ...' }),
    model: z.string(),
    address,
    pending,
  })
  .meta({ title: 'HardwareDevice' });

/** What a machine is made of, as its host has it written down, and what of it the process that runs has not taken up yet. */
export const machineHardwareSchema = z
  .object({
    machineType: z.string(),
    firmware: z.enum(['bios', 'uefi']),
    accelerator: z.string().nullable().meta({ description: 'Of the last start; null before the first.' }),
    vcpus: z.number(),
    memoryMib: z.number(),
    disks: z.array(hardwareDiskSchema),
    cards: z.array(hardwareCardSchema),
    devices: z.array(hardwareDeviceSchema),
    consoles: z.array(consoleTypeSchema).meta({ description: 'By which it can be seen and typed to.' }),
  })
  .meta({ title: 'ServerHardware' });
export type MachineHardware = z.infer<typeof machineHardwareSchema>;
export type HardwareDisk = z.infer<typeof hardwareDiskSchema>;
export type HardwareCard = z.infer<typeof hardwareCardSchema>;
export type HardwareDevice = z.infer<typeof hardwareDeviceSchema>;
