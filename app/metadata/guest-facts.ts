import type { MachinePort } from '../contract/machine.ts';

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
  hasEphemeralDisk: boolean;
  hasSwap: boolean;
  ports: readonly MachinePort[];
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
