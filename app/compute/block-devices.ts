import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../contract/errors.ts';
import { type DiskBus, type ExtraDisk, type MachineSpec, usualDisks } from '../contract/machine.ts';
import type { TaggedDevice } from '../metadata/guest-facts.ts';
import type { EmbeddedFlavor } from './server.values.ts';

/** A disk of a machine as a launch asks for it by a block device mapping. */
export interface AskedDisk {
  /** `image`: what it starts from, of its flavor's size. */
  role: 'image' | 'ephemeral' | 'swap';
  /** Null: as its flavor has it. */
  sizeMib: number | null;
  bus: DiskBus | null;
  tag: string | null;
  /** Its turn when the machine starts, from 0; null: it has none. */
  bootIndex: number | null;
}

/** What a server keeps of them, for whenever its machine is made anew. Without any, its flavor says all. */
export interface BlockDevice extends Omit<AskedDisk, 'sizeMib'> {
  /** 0 of an image's, which has its flavor's. */
  sizeMib: number;
  /** MiB of swap that its flavor had then: with a flavor that has another, its swap has that. */
  flavorSwapMib?: number;
}

type Sizes = Pick<EmbeddedFlavor, 'disk' | 'ephemeral' | 'swap'>;

/** With Nova's checks, in its words; `most`: disks a machine may have on its host, -1 for any number. */
export function blockDevicesOf(asked: readonly AskedDisk[] | null, flavor: Sizes, most: number): BlockDevice[] {
  if (asked === null) return [];
  const turns = asked.flatMap(({ bootIndex }) => (bootIndex === null ? [] : [bootIndex])).sort((a, b) => a - b);
  if (turns.length === 0 || turns.some((turn, index) => turn !== index)) {
    throw refused(
      'Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is not valid.',
      'Give each disk that may boot a boot_index of its own: 0 for the first, 1 for the next, and so on.',
    );
  }
  const devices = asked.map((disk) => sized(disk, flavor));
  const sum = (role: AskedDisk['role']) =>
    devices.reduce((total, disk) => total + (disk.role === role ? disk.sizeMib : 0), 0);
  const ofRole = (role: AskedDisk['role']) => devices.filter((disk) => disk.role === role);
  const hasNoRoom = (role: 'ephemeral' | 'swap', room: number) =>
    ofRole(role).length > 0 && (room === 0 || sum(role) > room);
  if (hasNoRoom('ephemeral', flavor.ephemeral * 1024)) {
    throw refused(
      'Ephemeral disks requested are larger than the instance type allows. If no size is given in one block device mapping, flavor ephemeral size will be used.',
      `All together they may have ${flavor.ephemeral} GiB with this flavor.`,
    );
  }
  if (ofRole('swap').length > 1) throw refused('Block Device Mapping is Invalid: More than one swap drive requested.');
  if (hasNoRoom('swap', flavor.swap)) {
    throw refused(
      'Swap drive requested is larger than instance type allows.',
      `It may have ${flavor.swap} MiB with this flavor.`,
    );
  }
  const hasRoot = devices.some(({ bootIndex }) => bootIndex === 0);
  if (most >= 0 && machineDisks(devices, flavor, hasRoot).disks.length + Number(hasRoot) > most) {
    throw refused(
      'Block Device Mapping is Invalid: You specified more local devices than the limit allows',
      `A machine may have ${most} disks on its host: max_local_block_devices.`,
    );
  }
  return devices;
}

function sized({ sizeMib, ...disk }: AskedDisk, flavor: Sizes): BlockDevice {
  switch (disk.role) {
    case 'image':
      return { ...disk, sizeMib: 0 };
    case 'ephemeral':
      return { ...disk, sizeMib: sizeMib ?? flavor.ephemeral * 1024 };
    case 'swap':
      return { ...disk, sizeMib: sizeMib ?? flavor.swap, flavorSwapMib: flavor.swap };
  }
}

/**
 * What a machine has of disks with that flavor: those of a kind that no device was named for are as the flavor means them.
 * One without an image starts from the empty disk that comes first.
 */
export function machineDisks(
  devices: readonly BlockDevice[],
  flavor: Sizes,
  hasImage: boolean,
): Pick<MachineSpec, 'rootDiskGib' | 'root' | 'disks'> {
  const blankRoot = hasImage
    ? undefined
    : devices.find(({ role, bootIndex }) => role === 'ephemeral' && bootIndex === 0);
  const root = blankRoot ?? devices.find(({ role }) => role === 'image');
  const ofKind = (role: ExtraDisk['role']): ExtraDisk[] => {
    const named = devices.filter((device) => device.role === role);
    if (named.length === 0) return usualDisks(flavor.ephemeral, flavor.swap).filter((disk) => disk.role === role);
    return named.flatMap((device, index): ExtraDisk[] => {
      const [id, sizeMib] = [idOf(role, index), sizeNow(device, flavor)];
      if (device === blankRoot || sizeMib === 0) return [];
      const { bus, tag, bootIndex } = device;
      // 0 is that of what it starts from.
      return [{ id, role, sizeMib, bus, serial: tag === null ? null : id, bootIndex: bootIndex || null }];
    });
  };
  return {
    rootDiskGib: blankRoot ? blankRoot.sizeMib / 1024 : flavor.disk,
    root: { bus: root?.bus ?? null, serial: root?.tag == null ? null : ROOT_SERIAL },
    disks: [...ofKind('ephemeral'), ...ofKind('swap')],
  };
}

/** Those that a guest is told of by their tags. */
export function taggedDisks(devices: readonly BlockDevice[], hasImage: boolean): TaggedDevice[] {
  const seen = { image: 0, ephemeral: 0, swap: 0 };
  return devices.flatMap(({ role, tag, bootIndex }): TaggedDevice[] => {
    const number = seen[role]++;
    if (tag === null) return [];
    const isRoot = role === 'image' || (!hasImage && role === 'ephemeral' && bootIndex === 0);
    const serial = isRoot ? ROOT_SERIAL : idOf(role, number);
    return [{ type: 'disk', bus: 'none', address: 'none', serial, tags: [tag] }];
  });
}

const ROOT_SERIAL = 'root';

/** The first of a kind has no number. */
function idOf(role: string, number: number): string {
  return `${role}${number || ''}`;
}

/** How many disks of a kind that is. */
export function countDisks(disks: readonly ExtraDisk[], role: ExtraDisk['role']): number {
  return disks.filter((disk) => disk.role === role).length;
}

/** What a launch would have asked for to get the disks that a machine has; nothing where its flavor says it all. */
export function devicesOf({ image, root, rootDiskGib, disks }: MachineSpec, flavor: Sizes): BlockDevice[] {
  const plain = { bus: null, serial: null };
  const isUsual = isDeepStrictEqual([root, disks], [plain, usualDisks(flavor.ephemeral, flavor.swap)]);
  if (image !== null && isUsual) return [];
  const first = { bus: root.bus, tag: null, bootIndex: 0 };
  return [
    image === null
      ? { ...first, role: 'ephemeral', sizeMib: rootDiskGib * 1024 }
      : { ...first, role: 'image', sizeMib: 0 },
    ...disks.map(({ role, sizeMib, bus, bootIndex }): BlockDevice => {
      return { role, sizeMib, bus, tag: null, bootIndex, ...(role === 'swap' && { flavorSwapMib: flavor.swap }) };
    }),
  ];
}

/** As in Nova, swap is as its flavor has it once that is another; ephemeral disks stay what they are. */
function sizeNow({ role, sizeMib, flavorSwapMib }: BlockDevice, flavor: Sizes): number {
  return role === 'swap' && flavorSwapMib !== flavor.swap ? flavor.swap : sizeMib;
}

/** GiB that a flavor needs for the ephemeral disks of that machine. */
export function ephemeralGib(devices: readonly BlockDevice[], flavor: Sizes): number {
  const named = devices.filter(({ role }) => role === 'ephemeral');
  if (named.length === 0) return flavor.ephemeral;
  return Math.ceil(named.reduce((sum, { sizeMib }) => sum + sizeMib, 0) / 1024);
}

function refused(message: string, hint?: string): UserError {
  return new UserError('bad_request', message, { field: 'server.block_device_mapping_v2', ...(hint && { hint }) });
}
