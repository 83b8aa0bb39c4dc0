import type { ErrorCode } from '../../../app/contract/errors.ts';
import type { MachineOrderName } from '../../../app/contract/machine-orders.ts';
import type { ImageTarget } from '../../image/image-upload.ts';
import type { HostSize } from '../driver.ts';

export interface SimulatedFailure {
  verb: MachineOrderName;
  /** Only machines whose name contains this; all when left out. */
  nameIncludes?: string;
  /** How many times it fails before it works; for ever when left out. */
  times?: number;
  code?: ErrorCode;
  message?: string;
}

export interface SimulatedOptions {
  /** Milliseconds each order takes; 0 when left out. */
  delays?: Partial<Record<MachineOrderName, number>>;
  failures?: readonly SimulatedFailure[];
  /** Machines whose name contains this ignore the power button. */
  ignoresPowerButton?: string;
  /** Where snapshots go, which are of empty disks; without it, nowhere. */
  imageTarget?: ImageTarget;
  /** The host it pretends to be. */
  host?: Partial<HostSize>;
}
