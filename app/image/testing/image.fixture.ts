import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Context } from '../../contract/context.ts';
import type { Database } from '../../database/database.ts';
import { openMigrated } from '../../database/testing/migrated-database.ts';
import { EventService } from '../../events/event.service.ts';
import { Edge } from '../../http/edge.ts';
import { LeftoverService } from '../../leftover/leftover.service.ts';
import { BASE_RULES } from '../../policy/base.policy.ts';
import { PolicyService } from '../../policy/policy.service.ts';
import { QuotaService } from '../../quota/quota.service.ts';
import { TaskRepository } from '../../tasks/task.repository.ts';
import { TaskService } from '../../tasks/task.service.ts';
import { UnclaimedRegister } from '../../unclaimed/unclaimed.register.ts';
import { UnclaimedService } from '../../unclaimed/unclaimed.service.ts';
import { IMAGE_RULES } from '../image.policy.ts';
import { IMAGE_QUOTAS } from '../image.quotas.ts';
import { imageRoutes } from '../image.routes.ts';
import { ImageService } from '../image.service.ts';
import type { CatalogSource } from '../image-catalog.ts';
import type { ImageLimits } from '../image-store.ts';

/** Tokens of the tests' users: each the name of a project, `admin` with its role. */
export function contextOf(name: string, requestId = 'req-1'): Context {
  const isAdmin = name === 'admin';
  const roles = isAdmin ? ['admin', 'member', 'reader'] : name === 'looker' ? ['reader'] : ['member', 'reader'];
  return {
    requestId,
    userId: name,
    userName: name,
    projectId: name,
    userDomainId: 'default',
    projectDomainId: 'default',
    domainId: null,
    systemScope: false,
    roles,
    isAdmin,
  };
}

export interface ImageFixture {
  readonly dataDir: string;
  readonly url: string;
  readonly database: Database;
  readonly events: EventService;
  readonly tasks: TaskService;
  readonly quota: QuotaService;
  readonly images: ImageService;
  readonly unclaimed: UnclaimedService;
  /** As `name` asks: path below `/image/v2`; an object goes as JSON, anything else as bytes. */
  ask(name: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(name: string, id: string, changes: unknown): Promise<Answer>;
  /** Names of all files of images there are. */
  files(): Promise<string[]>;
  close(options?: { keep: boolean }): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies by name
  body: any;
}

export interface ImageFixtureOptions {
  dataDir?: string;
  limits?: ImageLimits;
  catalog?: CatalogSource[];
  guestBuilder?: string;
}

/** Images over a real database and a real HTTP server, without the rest of the controller. */
export async function startImages(options: ImageFixtureOptions = {}): Promise<ImageFixture> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'cumulet-image-')));
  await mkdir(dataDir, { recursive: true });
  const catalogFile = join(dataDir, 'catalog.json');
  await writeFile(catalogFile, JSON.stringify(options.catalog ?? []));
  const log = pino({ level: 'silent' });
  const database = await openMigrated(dataDir);
  const events = new EventService(database);
  const tasks = new TaskService({ database, events, repository: new TaskRepository(database), log, owner: 'one' });
  const quota = new QuotaService({ database, events, defaults: IMAGE_QUOTAS });
  const leftovers = new LeftoverService();
  const register = new UnclaimedRegister({ database, events });
  const images = new ImageService({
    database,
    events,
    tasks,
    quota,
    log,
    leftovers,
    unclaimed: register,
    forgetCopies: async () => undefined,
    dataDir,
    catalogFile,
    guestBuilder: options.guestBuilder,
    firstPauseMs: 5,
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const unclaimed = new UnclaimedService({
    ...{ database, events, leftovers, register, generation: { stale: null }, images: images.adoption },
    // Hosts are not part of this.
    machines: images.adoption,
    removal: { removeOne: () => undefined },
    projects: { hasProject: async () => true },
    hosts: { nameOf: (id) => id },
  });
  const edge = new Edge({
    checkAnswers: true,
    log,
    authenticate: async (token, requestId) => contextOf(token, requestId),
    policy: new PolicyService([...BASE_RULES, ...IMAGE_RULES]),
    dashboardDir: undefined,
  });
  await edge.prepare();
  edge.register(imageRoutes({ images }));
  await images.start();
  await tasks.start();
  const url = await edge.fastify.listen({ port: 0, host: '127.0.0.1' });
  const ask: ImageFixture['ask'] = async (name, method, path, body, headers = {}) => {
    const isJson = body !== undefined && !(body instanceof Uint8Array);
    const type = isJson ? 'application/json' : 'application/octet-stream';
    const response = await fetch(`${url}/image${path}`, {
      method,
      headers: {
        accept: 'application/json',
        'x-auth-token': name,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as Uint8Array<ArrayBuffer>) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJsonAnswer = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJsonAnswer ? JSON.parse(bytes.toString()) : bytes,
    };
  };
  return {
    dataDir,
    url,
    database,
    events,
    tasks,
    quota,
    images,
    unclaimed,
    ask,
    patch: (name, id, changes) =>
      ask(name, 'PATCH', `/v2/images/${id}`, changes, {
        'content-type': 'application/openstack-images-v2.1-json-patch',
      }),
    files: async () => (await readdir(join(dataDir, 'images'))).sort(),
    close: async ({ keep } = { keep: false }) => {
      await tasks.close();
      await edge.fastify.close();
      await images.close();
      await database.close();
      if (!keep) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Creates an image as `name` and answers its id. */
export async function createImage(fixture: ImageFixture, name: string, more: object = {}): Promise<string> {
  const body = { name: 'an image', disk_format: 'raw', container_format: 'bare', ...more };
  const answer = await fixture.ask(name, 'POST', '/v2/images', body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
}
