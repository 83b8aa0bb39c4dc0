import { hostUuid } from '../compute/host-identity.ts';
import { TestCloud } from '../compute/testing/test-cloud.ts';
import type { HostFacts } from '../contract/host.ts';
import { EdgeFixture } from '../http/edge.fixture.ts';
import { systemContext } from '../policy/authorization.ts';
import { hostFacts } from '../scheduler/scheduler.fixture.ts';
import { placementModule } from './placement.module.ts';
import { PLACEMENT_RULES } from './placement.policy.ts';
import { placementDefinitions } from './placement.routes.ts';

/** The same for the same name in each run, so that recorded answers are too. */
export function uuidOf(name: string): string {
  return hostUuid(`a ${name} of a test`);
}

interface Asked {
  /** `<role>` or `<role>@<project>`; an administrator where nobody is named. */
  as?: string;
  method?: string;
  body?: unknown;
  /** Behind `1.`; the newest where it is not said. */
  version?: number;
}

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
  headers: Record<string, unknown>;
}

/** Placement behind a real edge, over the real compute and scheduler with the one host `host-1`. */
export class PlacementFixture {
  readonly cloud: TestCloud;
  readonly edge: EdgeFixture;

  private constructor(cloud: TestCloud, edge: EdgeFixture) {
    this.cloud = cloud;
    this.edge = edge;
  }

  static async open(): Promise<PlacementFixture> {
    const cloud = await TestCloud.start();
    const made = await placementModule.make?.(cloud);
    if (!made) throw new Error('the module makes nothing');
    const edge = await EdgeFixture.open(placementDefinitions(made), { rules: PLACEMENT_RULES });
    return new PlacementFixture(cloud, edge);
  }

  async close(): Promise<void> {
    await this.edge.close();
    await this.cloud.stop();
  }

  async ask(path: string, { as = 'admin', method, body, version = 39 }: Asked = {}): Promise<Answer> {
    const { status, json, headers } = await this.edge.send(`/placement${path}`, {
      token: as,
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { 'openstack-api-version': `placement 1.${version}` },
      ...(body !== undefined && { json: body }),
    });
    return { status, body: json ?? {}, headers };
  }

  /** The same, where it must not fail; answers the body. */
  async done(path: string, asked: Asked = {}) {
    const { status, body } = await this.ask(path, asked);
    if (status >= 300) throw new Error(`${asked.method ?? ''} ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** What a refusal says: its status, its code and a part of its words. */
  async refusal(path: string, asked: Asked = {}): Promise<[status: number, code: string, detail: string]> {
    const { status, body } = await this.ask(path, asked);
    const [error] = body.errors ?? [];
    if (!error) throw new Error(`${path} was not refused: ${status} ${JSON.stringify(body)}`);
    return [status, error.code, error.detail];
  }

  /** A provider of its own, with inventories by their classes, traits and aggregates. */
  async makeProvider(
    name: string,
    {
      parent,
      inventories = {},
      traits = [],
      aggregates = [],
    }: {
      parent?: string;
      inventories?: Record<string, number | object>;
      traits?: readonly string[];
      aggregates?: readonly string[];
    } = {},
  ): Promise<string> {
    const uuid = uuidOf(name);
    await this.done('/resource_providers', { body: { name, uuid, parent_provider_uuid: parent ?? null } });
    await this.equip(uuid, { inventories, traits, aggregates });
    return uuid;
  }

  /** More of what a provider has, or is. */
  async equip(
    uuid: string,
    more: { inventories?: Record<string, number | object>; traits?: readonly string[]; aggregates?: readonly string[] },
  ): Promise<void> {
    const path = `/resource_providers/${uuid}`;
    for (const [name, of] of Object.entries(more.inventories ?? {})) {
      if (name.startsWith('CUSTOM_')) await this.done(`/resource_classes/${name}`, { method: 'PUT' });
      const inventory = typeof of === 'number' ? { total: of } : of;
      await this.done(`${path}/inventories`, { body: { resource_class: name, ...inventory } });
    }
    for (const name of more.traits ?? []) {
      if (name.startsWith('CUSTOM_')) await this.done(`/traits/${name}`, { method: 'PUT' });
    }
    const generation = async () => (await this.done(path)).generation;
    if (more.traits?.length) {
      const body = { traits: more.traits, resource_provider_generation: await generation() };
      await this.done(`${path}/traits`, { method: 'PUT', body });
    }
    if (more.aggregates?.length) {
      const body = { aggregates: more.aggregates, resource_provider_generation: await generation() };
      await this.done(`${path}/aggregates`, { method: 'PUT', body });
    }
  }

  /** One more host; answers its provider. */
  async addHost(id: string, more: Partial<HostFacts> = {}): Promise<string> {
    await this.cloud.scheduler.reportHost(systemContext('test'), id, hostFacts({ hostname: id, ...more }));
    return this.cloud.compute.hostUuid(id);
  }

  /** The provider of `host-1`. */
  get host(): string {
    return this.cloud.compute.hostUuid('host-1');
  }

  /** Lets a consumer hold that much; the answer's status. */
  async allocate(
    consumer: string,
    of: Record<string, Record<string, number>>,
    { generation = null as number | null, project = 'p', user = 'u', type = 'INSTANCE' } = {},
  ): Promise<number> {
    const allocations = Object.fromEntries(Object.entries(of).map(([id, resources]) => [id, { resources }]));
    const body = {
      ...{ allocations, project_id: project, user_id: user },
      ...{ consumer_generation: generation, consumer_type: type },
    };
    return (await this.ask(`/allocations/${consumer}`, { method: 'PUT', body })).status;
  }
}
