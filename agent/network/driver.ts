import type { MachinePort, MachineStatus } from '../../app/contract/machine.ts';

export type Forward = MachineStatus['forwards'][number];

/** A port as the hypervisor is to connect it. */
export interface NetworkPlug {
  /** QEMU's `-netdev` value without its id, made of checked parts only. */
  netdev: string;
  mac: string;
  /** Announced to the guest where the card can; null for the usual 1500. */
  mtu: number | null;
  /** Host addresses that lead into the guest through this port. */
  forwards: Forward[];
}

/** Connects ports to a network of the host. `port.driver` names the one that is asked. */
export interface NetworkDriver {
  readonly name: string;
  /**
   * Prepares a port; the same again is harmless. `before` are the forwards of an earlier start, kept where they are
   * still free. `isFirst` is the machine's first port, the one people reach it by. `isIsolated`: the hypervisor runs in
   * a network namespace of its own, into which the forwards lead by themselves.
   */
  plug(
    port: MachinePort,
    context: { before: readonly Forward[]; isFirst: boolean; isIsolated: boolean },
  ): Promise<NetworkPlug>;
  /** Undoes `plug`; a port that was never plugged is success. */
  unplug(port: MachinePort): Promise<void>;
}
