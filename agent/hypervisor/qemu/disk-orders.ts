import type { MachineImage, MachineSpec } from '../../../app/contract/machine.ts';
import { withDiskFull } from '../../disk-full.ts';
import { ImageCache } from '../../image/image-cache.ts';
import type { MachineState, OrderContext, OrderHandlers, Told } from '../driver.ts';
import type { MachineRecord } from './machine-record.ts';
import type { MachineWork } from './merge-disk.ts';
import type { QemuHost } from './qemu-host.ts';
import type { QemuMachine } from './qemu-machine.ts';
import { rebuildMachine } from './rebuild-machine.ts';
import { rescueMachine, unrescueMachine } from './rescue-machine.ts';
import { confirmResize, resizeMachine, revertResize } from './resize-machine.ts';

interface DiskOrderParts {
  find(id: string): QemuMachine;
  /** Throws where a machine by that specification cannot be on this host. */
  design(spec: MachineSpec): Promise<{ record: MachineRecord; imageTool: string }>;
  host: Pick<QemuHost, 'install'>;
  images: ImageCache;
  /** Images of machines that are being made, by machine: not to be pruned under their hands. */
  preparing: Map<string, string>;
}

/** The orders after which a machine may be on other disks than before. */
export function diskOrders(parts: DiskOrderParts): Pick<OrderHandlers, DiskOrder> {
  const { find, design, host, images, preparing } = parts;

  const rebuild = async ({ id, spec, keepsEphemeral }: Told<'rebuild'>, order: OrderContext) => {
    const machine = find(id);
    const { record, imageTool } = await design(spec);
    const preparation = { files: machine.files, record, spec, imageTool, images, order };
    await keepingImage(id, spec.image, () => rebuildMachine(preparation, machine, keepsEphemeral));
    return machine.status();
  };

  const rescue = async ({ id, rescue }: Told<'rescue'>, order: OrderContext): Promise<MachineState> => {
    const machine = find(id);
    const { imageTool } = await host.install();
    const preparation = { imageTool, images, order };
    await keepingImage(id, rescue.image, () => rescueMachine(preparation, machine, rescue));
    try {
      return await machine.start(order);
    } catch (error) {
      await unrescueMachine(machine, order);
      throw error;
    }
  };

  /** The machine, on its own disks. */
  const own = async (id: string, order: OrderContext): Promise<QemuMachine> => {
    const machine = find(id);
    await unrescueMachine(machine, order);
    return machine;
  };
  const start = async (id: string, order: OrderContext) => await (await own(id, order)).start(order);
  const reboot = async ({ id, ...how }: Told<'reboot'>, order: OrderContext) =>
    await (await own(id, order)).reboot(how, order);

  const resizing = async (id: string, order: OrderContext, doing: string, work: (on: MachineWork) => Promise<void>) => {
    const machine = await own(id, order);
    const { imageTool } = await host.install();
    await withDiskFull(work({ machine, order, imageTool, images }), doing);
    return machine.status();
  };

  /** For a machine that is to stand on that image, and until then on another. */
  async function keepingImage(id: string, image: MachineImage | null, work: () => Promise<void>): Promise<void> {
    if (image === null) return await work();
    const mark = `${id} next`;
    preparing.set(mark, ImageCache.fileName(image));
    try {
      await work();
    } finally {
      preparing.delete(mark);
    }
  }

  return {
    rebuild: (told, order) => withDiskFull(rebuild(told, order), 'rebuilding the machine'),
    rescue: (told, order) => withDiskFull(rescue(told, order), 'rescuing the machine'),
    unrescue: ({ id }, order) => withDiskFull(start(id, order), 'ending the rescue of the machine'),
    resize: (told, order) => resizing(told.id, order, 'resizing the machine', (work) => resizeMachine(work, told)),
    confirmResize: ({ id, migration }, order) =>
      resizing(id, order, 'keeping the resized machine', (work) => confirmResize(work, migration)),
    revertResize: ({ id, migration }, order) =>
      resizing(id, order, 'taking the resize back', (work) => revertResize(work, migration)),
    start: ({ id }, order) => withDiskFull(start(id, order), 'starting the machine'),
    reboot: (told, order) => withDiskFull(reboot(told, order), 'restarting the machine'),
  };
}

type DiskOrder =
  | ('rebuild' | 'rescue' | 'unrescue' | 'start' | 'reboot')
  | ('resize' | 'confirmResize' | 'revertResize');
