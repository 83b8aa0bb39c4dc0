import type { WantedPair } from './address-pairs.ts';
import type { NetworkRecord, SubnetRecord } from './network.tables.ts';

export interface WantedAddress {
  subnetId?: string | undefined;
  ipAddress?: string | undefined;
}

export interface NewPort {
  /** Where it has one already. */
  id?: string | undefined;
  network: NetworkRecord;
  /** Of the network, where they were read in this transaction. */
  subnets?: SubnetRecord[] | undefined;
  projectId: string;
  name?: string | undefined;
  description?: string | undefined;
  tags?: string[] | undefined;
  macAddress?: string | undefined;
  /** Addresses asked for, empty for any; none given means one from the network's first subnet that has any. */
  fixedIps?: WantedAddress[] | undefined;
  addressPairs?: WantedPair[] | undefined;
  deviceId?: string | undefined;
  deviceOwner?: string | undefined;
  hostId?: string | undefined;
  adminStateUp?: boolean | undefined;
  madeForServer?: boolean | undefined;
  deviceTag?: string | null | undefined;
  /** Which of its machine's cards it is. */
  deviceIndex?: number | undefined;
  /** What the request calls it. */
  at?: string;
}
