import { z } from 'zod';
import {
  type MachineSpec,
  machinePortSchema,
  machineSpecSchema,
  machineStatusSchema,
  storedSizesSchema,
  storedSpecSchema,
} from '../../../app/contract/machine.ts';
import { keptMachineSchema, keptStateSchema } from '../../../app/contract/machine-folder.ts';
import { ImageCache } from '../../image/image-cache.ts';
import { readJson, readJsonIfWhole } from '../../json-file.ts';
import { processIdentitySchema } from '../../process-identity.ts';
import { type DevicePlace, devicePlaces } from '../devices/device-address.ts';
import { chooseHardware, hardwareSchema } from '../devices/hardware-choice.ts';
import { diskFileSchema, machineDevicesSchema } from '../devices/machine-devices.ts';
import { placeGuestAgent, placeMachine } from '../devices/placement.ts';
import { acceleratorSchema } from './accelerator-probe.ts';
import type { MachineFiles } from './machine-files.ts';

/** The last resize of a machine, and what became of it. */
const resizeSchema = z.discriminatedUnion('state', [
  /** It may become again what it was: all files of its devices of then are there, as they were. */
  z.object({
    state: z.literal('unconfirmed'),
    migration: z.uuid(),
    before: z.object({
      ...{ sizes: storedSizesSchema, devices: machineDevicesSchema },
      // Of what was resized before flavors changed more than sizes: as it is.
      ...{ hardware: hardwareSchema.optional(), asked: machineSpecSchema.shape.hardware.optional() },
    }),
  }),
  z.object({ state: z.enum(['confirmed', 'reverted']), migration: z.uuid() }),
]);

/**
 * `machine.json`: what a machine is. Written when all its files are there: a folder without it is no machine. The
 * specification is without the config drive's files, which hold secrets and are in the drive anyway.
 */
const recordSchema = keptMachineSchema.extend({
  version: z.literal(2),
  spec: storedSpecSchema,
  hardware: hardwareSchema,
  devices: machineDevicesSchema,
  /** While it is rescued, the devices it has otherwise. */
  own: machineDevicesSchema.nullable().default(null),
  /** Files beside its disks: they are being made to become disks, or have been disks, and may be removed. */
  otherFiles: z.array(diskFileSchema),
  resize: resizeSchema.optional(),
  /** The ports that its process, or its saved memory, has cards of, where they are others than its specification's. */
  plugged: z.array(machinePortSchema).optional(),
});
export type MachineRecord = z.infer<typeof recordSchema>;

/** Of before devices had their places in it: they were given out anew at each start, always in the same way. */
const firstRecordSchema = recordSchema
  .omit({ devices: true, own: true, otherFiles: true })
  .extend({ version: z.literal(1), hasConfigDrive: z.boolean() })
  .transform(({ hasConfigDrive, ...record }): MachineRecord => {
    const devices = placeMachine(record.hardware, record.spec, hasConfigDrive);
    return { ...record, version: 2, devices, own: null, otherFiles: [] };
  });

const machineRecordSchema = z.union([recordSchema, firstRecordSchema]);

/** What a machine of that specification is, with the machine types of the host's QEMU. */
export function designMachine(
  spec: MachineSpec,
  machineTypes: ReadonlyMap<string, string>,
  canBeSecure: boolean,
): MachineRecord {
  const hardware = chooseHardware(spec, machineTypes, canBeSecure);
  return {
    version: 2,
    spec: { ...spec, configDrive: null },
    hardware,
    devices: placeGuestAgent(hardware, placeMachine(hardware, spec, spec.configDrive !== null)),
    own: null,
    otherFiles: [],
    baseImage: spec.image && ImageCache.fileName(spec.image),
  };
}

/** Names in the host's image cache of all that its disks stand on, also of those it has put aside. */
export function baseImages({ baseImage, devices, own }: MachineRecord): string[] {
  const disks = [...devices.disks, ...(own?.disks ?? [])];
  const others = disks.flatMap(({ source }) => (source.kind === 'image' ? [ImageCache.fileName(source.image)] : []));
  return [...new Set([...(baseImage === null ? [] : [baseImage]), ...others])];
}

/** `state.json`: how it is. */
const stateRecordSchema = keptStateSchema.extend({
  reason: z.string().nullable(),
  message: z.string().nullable(),
  since: z.string(),
  revision: machineStatusSchema.shape.revision,
  forwards: machineStatusSchema.shape.forwards,
  /** The process, once it is known. */
  process: processIdentitySchema.nullable(),
  /** What the running process, or the saved memory, depends on. */
  accelerator: acceleratorSchema.nullable(),
  /** Boot of the host in which this was written. */
  bootId: z.string().nullable(),
});
export type StateRecord = z.infer<typeof stateRecordSchema>;

/**
 * What lies in the folder of that machine; null where it is none: half a machine, which the order to make it or to remove
 * it takes up again, or something of somebody's.
 */
export async function readMachine(
  files: Pick<MachineFiles, 'record' | 'state'>,
  id: string,
): Promise<{ record: MachineRecord; state: StateRecord } | null> {
  const record = await readJson(files.record, machineRecordSchema);
  if (record === null || record.spec.id !== id) return null;
  return { record, state: (await readJsonIfWhole(files.state, stateRecordSchema)) ?? initialState() };
}

/** That there is a config drive is known, what is in it is not. */
export function describeMachine({ spec, devices }: MachineRecord): MachineSpec {
  return { ...spec, configDrive: devices.disks.some(({ role }) => role === 'config-drive') ? {} : null };
}

/** Where its guest finds the devices that it is told of. */
export function placesOf(record: MachineRecord | undefined): DevicePlace[] {
  return record ? devicePlaces(record.devices, record.spec.ports) : [];
}

/** Of a machine that was never started. */
export function initialState(): StateRecord {
  return {
    powerState: 'NOSTATE',
    reason: null,
    message: null,
    since: new Date().toISOString(),
    revision: 0,
    forwards: [],
    process: null,
    isLaunching: false,
    accelerator: null,
    bootId: null,
  };
}
