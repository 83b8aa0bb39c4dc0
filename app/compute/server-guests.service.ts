import { randomBytes } from 'node:crypto';
import type { MachinePort } from '../contract/machine.ts';
import type { Database } from '../database/database.ts';
import { configDriveFiles } from '../metadata/config-drive.ts';
import type { Ec2Ids } from '../metadata/ec2-ids.ts';
import type { GuestFacts, VendorSource } from '../metadata/guest-facts.ts';
import type { Guests } from '../metadata/metadata.service.ts';
import { countDisks, machineDisks, taggedDisks } from './block-devices.ts';
import type { HostClaims, MachineNetworks } from './collaborators.ts';
import type { ServerRepository } from './server.repository.ts';
import type { ServerRecord } from './server.tables.ts';

export interface ServerGuestParts {
  database: Database;
  servers: ServerRepository;
  networks: Pick<MachineNetworks, 'machinePorts'>;
  claims: Pick<HostClaims, 'zoneOf'>;
  ec2Ids: Ec2Ids;
  vendorData: VendorSource;
}

/** What guests are told of themselves: one source for the config drive and for the metadata service. */
export class ServerGuests implements Guests {
  readonly #parts: ServerGuestParts;

  constructor(parts: ServerGuestParts) {
    this.#parts = parts;
  }

  /** The files of its config drive, as a host takes them; null where it is to have none. */
  async configDrive(
    server: ServerRecord,
    ports: readonly MachinePort[],
    zone: string,
  ): Promise<Record<string, string> | null> {
    if (!server.configDrive) return null;
    const facts = await this.#factsOf(server, ports, zone);
    return await configDriveFiles(facts, this.#parts.vendorData, server.adminPass);
  }

  async guestOf(host: string, id: string): Promise<{ facts: GuestFacts; password: string } | undefined> {
    const server = await this.#parts.servers.find(id);
    if (server?.hostId !== host) return undefined;
    const ports = await this.#parts.networks.machinePorts(id);
    const facts = await this.#factsOf(server, ports, this.#parts.claims.zoneOf(host));
    return { facts, password: server.guestPassword };
  }

  async leavePassword(host: string, id: string, password: string): Promise<boolean> {
    const { database, servers } = this.#parts;
    return await database.transaction(async (trx) => {
      const server = await servers.find(id, trx);
      if (server?.hostId !== host || server.guestPassword !== '') return false;
      await servers.updateFrom(trx, server, { guestPassword: password });
      return true;
    });
  }

  async #factsOf(server: ServerRecord, ports: readonly MachinePort[], zone: string): Promise<GuestFacts> {
    const { ec2Ids } = this.#parts;
    const { imageId, keyName, publicKey } = server;
    const { disks } = machineDisks(server.blockDevices, server.flavor, imageId !== null);
    return {
      serverId: server.id,
      name: server.name,
      hostname: server.hostname,
      projectId: server.projectId,
      availabilityZone: zone,
      launchIndex: server.launchIndex,
      reservationId: server.reservationId,
      flavorName: server.flavor.name,
      imageId,
      ec2: {
        instance: await ec2Ids.numberOf('instance', server.id),
        image: imageId === null ? null : await ec2Ids.numberOf('image', imageId),
      },
      metadata: server.metadata,
      key: keyName !== null && publicKey !== null ? { name: keyName, publicKey } : null,
      userData: server.userData,
      ephemeralDisks: countDisks(disks, 'ephemeral'),
      hasSwap: countDisks(disks, 'swap') > 0,
      files: server.injectedFiles,
      devices: taggedDisks(server.blockDevices, imageId !== null),
      ports,
      nicAddresses: Object.fromEntries(server.nics.map(({ port, address }) => [port, address])),
      randomSeed: randomBytes(512).toString('base64'),
    };
  }
}
