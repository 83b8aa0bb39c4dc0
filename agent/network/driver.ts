import type { MachinePort, MachineStatus } from '../../app/contract/machine.ts';
import type { UserNetworkPlan } from './user/user-network.plan.ts';

export type Forward = MachineStatus['forwards'][number];

/** A port as a hypervisor is to connect it, each in its own words. Made of checked parts only. */
export type NetworkPlug = UserPlug;

/** A network of its own in the hypervisor's process: no right is needed, and no other machine is in it. */
export interface UserPlug extends Plug {
  kind: 'user';
  /** null: the port has no address, and the network's own are used. */
  addresses: UserNetworkPlan | null;
  /** Whether it leads to what is outside of it. */
  leadsOutside: boolean;
  /** The address of the hypervisor's namespace at which forwards listen; null for all. */
  listensAt: string | null;
}

interface Plug {
  /** The port's id. */
  port: string;
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
