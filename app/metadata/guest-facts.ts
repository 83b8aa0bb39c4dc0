import type { MachinePort } from '../contract/machine.ts';

/** As in Nova: `bus` and `address` are `none` where nobody knows better. */
export interface TaggedDevice {
  type: 'disk' | 'nic';
  bus: string;
  address: string;
  tags: readonly string[];
  /** Of a disk. */
  serial?: string;
  /** Of a card. */
  mac?: string;
}

/** What a guest is told of itself, on its config drive and by the metadata service. */
export interface GuestFacts {
  serverId: string;
  /** Display name. */
  name: string;
  hostname: string;
  projectId: string;
  availabilityZone: string;
  /** Its number among those launched by one request, from 0. */
  launchIndex: number;
  reservationId: string;
  flavorName: string;
  imageId: string | null;
  /** Its number, and its image's, as EC2 knows things. */
  ec2: { instance: number; image: number | null };
  metadata: Record<string, string>;
  key: { name: string; publicKey: string } | null;
  /** Base64, as it was sent. */
  userData: string | null;
  /** Of its disks beside the first, in their order. */
  ephemeralDisks: number;
  hasSwap: boolean;
  /** Put where their paths say; what is in them is base64. */
  files: readonly { path: string; contents: string }[];
  /** Its devices that have a tag, as they are told: where they are, its host adds. */
  devices: readonly TaggedDevice[];
  ports: readonly MachinePort[];
  /** Where the cards of ports are on the PCI bus, by port; not there as long as the host has not said so. */
  nicAddresses: Readonly<Record<string, string>>;
  /** 512 random bytes, base64: seeds the guest's random number generator. */
  randomSeed: string;
}

/** What the cloud's operator adds to it: see vendor-data.ts. */
export interface VendorSource {
  /** The same for every machine. */
  fixed(): Promise<Record<string, unknown>>;
  /** What services of the operator say of this one, by the names they were given. */
  asked(facts: GuestFacts): Promise<Record<string, unknown>>;
}
