import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { type Asked, EdgeFixture } from '../http/edge.fixture.ts';
import { systemContext } from '../policy/authorization.ts';
import { QuotaService } from '../quota/quota.service.ts';
import { makeNetworkParts, type NetworkParts } from './network.parts.ts';
import { NETWORK_RULES } from './network.policy.ts';
import { NETWORK_QUOTAS } from './network.quotas.ts';
import { networkRoutes } from './network.routes.ts';

/** The network service behind a real edge. The default network belongs to the project `owner`; `small` may have little. */
export class NetworkFixture {
  readonly edge: EdgeFixture;
  readonly parts: NetworkParts;
  readonly database: Database;
  readonly defaultNetworkId: string;
  readonly #folder: string;

  private constructor(made: {
    edge: EdgeFixture;
    parts: NetworkParts;
    database: Database;
    defaultNetworkId: string;
    folder: string;
  }) {
    this.edge = made.edge;
    this.parts = made.parts;
    this.database = made.database;
    this.defaultNetworkId = made.defaultNetworkId;
    this.#folder = made.folder;
  }

  static async open(): Promise<NetworkFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'cumulet-network-routes-'));
    const database = await openMigrated(folder);
    const events = new EventService(database);
    const quotas = new QuotaService({ database, events, defaults: NETWORK_QUOTAS });
    const parts = makeNetworkParts({ database, events, quota: quotas });
    await parts.service.bootstrap('owner');
    await quotas.update(systemContext(), 'small', { networks: 1, subnets: 1, ports: 1 }, { force: false });
    const hosts = { nameOf: (id: string) => id, idOf: (name: string) => name, listHosts: async () => [] };
    const edge = await EdgeFixture.open([networkRoutes({ database, parts, quotas, hosts })], { rules: NETWORK_RULES });
    const defaultNetworkId = (await parts.service.defaultNetwork())?.id ?? '';
    return new NetworkFixture({ edge, parts, database, defaultNetworkId, folder });
  }

  async close(): Promise<void> {
    await this.edge.close();
    await this.database.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** As a member of the project `p`, unless `asked` says who. */
  async ask<Body>(path: string, asked: Asked = {}): Promise<{ status: number; body: Body }> {
    const { status, json } = await this.edge.send(`/network/v2.0${path}`, { token: 'member', ...asked });
    return { status, body: (json ?? {}) as Body };
  }
}
