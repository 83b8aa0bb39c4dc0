import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { EventService } from '../events/event.service.ts';
import { EdgeFixture } from '../http/edge.fixture.ts';
import type { EdgeOptions } from '../http/edge.ts';
import { QuotaService } from '../quota/quota.service.ts';
import { volumeModule } from './volume.module.ts';
import { VOLUME_RULES } from './volume.policy.ts';
import { VOLUME_QUOTAS } from './volume.quotas.ts';
import { volumeDefinitions } from './volume.routes.ts';

interface Asked {
  /** `<role>` or `<role>@<project>`; a member of the project `p` where nobody is named. */
  as?: string;
  method?: string;
  body?: unknown;
  /** A microversion, such as `3.62`. */
  version?: string;
}

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
  headers: Record<string, unknown>;
}

/** The service of volumes behind a real edge; there are the projects `p` and `other`. */
export class VolumeFixture {
  readonly edge: EdgeFixture;
  readonly database: Database;
  readonly #folder: string;

  private constructor(made: { edge: EdgeFixture; database: Database; folder: string }) {
    this.edge = made.edge;
    this.database = made.database;
    this.#folder = made.folder;
  }

  static async open(options: Pick<EdgeOptions, 'audit'> = {}): Promise<VolumeFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'cumulet-volume-'));
    const database = await openMigrated(folder);
    const events = new EventService(database);
    const identity = { hasProject: async (id: string) => id === 'p' || id === 'other' };
    const quota = new QuotaService({ database, events, defaults: VOLUME_QUOTAS, projects: identity });
    const compute = { hosts: { zones: async () => new Map([['nova', true]]) } };
    const needs = { database, events, quota, identity, compute };
    const made = await volumeModule.make?.(needs);
    if (!made) throw new Error('the module makes nothing');
    const edge = await EdgeFixture.open(volumeDefinitions({ ...needs, ...made }), { rules: VOLUME_RULES, ...options });
    return new VolumeFixture({ edge, database, folder });
  }

  async close(): Promise<void> {
    await this.edge.close();
    await this.database.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async ask(path: string, { as = 'member', method, body, version }: Asked = {}): Promise<Answer> {
    const { status, json, headers } = await this.edge.send(`/volume/v3${path}`, {
      token: as,
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      ...(body !== undefined && { json: body }),
      ...(version !== undefined && { headers: { 'openstack-api-version': `volume ${version}` } }),
    });
    return { status, body: json ?? {}, headers };
  }

  /** A volume type that an administrator makes. */
  async makeType(name: string, more: object = {}): Promise<{ id: string }> {
    const { status, body } = await this.ask('/types', { as: 'admin', body: { volume_type: { name, ...more } } });
    if (status !== 200) throw new Error(`the type ${name} was not made: ${JSON.stringify(body)}`);
    return body.volume_type;
  }

  /** What the log of events has of one thing, oldest first. */
  async eventsOf(resourceId: string): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('event')
      .select('type')
      .where('resource_id', '=', resourceId)
      .orderBy('id')
      .execute();
    return rows.map(({ type }) => type);
  }
}
