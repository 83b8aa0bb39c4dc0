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

// biome-ignore lint/suspicious/noExplicitAny: bodies of every kind
export type Body = any;

/**
 * The network service behind a real edge. The default network belongs to the project `owner`; `small` may have little. There
 * are hosts `h1` to `h9`, with names in capitals.
 */
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
    const hosts = {
      nameOf: (id: string) => id.toUpperCase(),
      idOf: (name: string) => (/^H\d$/.test(name) ? name.toLowerCase() : undefined),
      listHosts: async () => [],
    };
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
  async ask<Answer = Body>(path: string, asked: Asked = {}): Promise<{ status: number; body: Answer }> {
    const { status, json } = await this.edge.send(`/network/v2.0${path}`, { token: 'member', ...asked });
    return { status, body: (json ?? {}) as Answer };
  }

  async post(kind: string, sent: object, token = 'member'): Promise<{ status: number; body: Body }> {
    return await this.ask(`/${kind}s`, { method: 'POST', token, json: { [kind]: sent } });
  }

  async put(kind: string, id: string, sent: object, more: Asked = {}): Promise<{ status: number; body: Body }> {
    return await this.ask(`/${kind}s/${id}`, { method: 'PUT', json: { [kind]: sent }, ...more });
  }

  async makeNetwork(sent: object = {}, token?: string): Promise<Body> {
    return await this.#make('network', sent, token);
  }

  async makeSubnet(network_id: string, sent: object = {}): Promise<Body> {
    return await this.#make('subnet', { network_id, ip_version: 4, cidr: '10.1.0.0/24', ...sent });
  }

  async makePort(network_id: string, sent: object = {}, token?: string): Promise<Body> {
    return await this.#make('port', { network_id, ...sent }, token);
  }

  /** As the machine `s1` of project `p` has it. */
  async plug(portId: string): Promise<void> {
    const device = { device_id: 's1', device_owner: 'compute:nova' };
    await this.database.transaction((trx) => this.parts.repository.updatePort(trx, portId, device));
  }

  async #make(kind: string, sent: object, token?: string): Promise<Body> {
    const { status, body } = await this.post(kind, sent, token);
    if (status !== 201) throw new Error(`${kind}: ${status} ${JSON.stringify(body)}`);
    return body[kind];
  }
}
