import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pino from 'pino';
import { runAgent } from '../agent/agent.ts';
import type { SimulatedOptions } from '../agent/hypervisor/simulated/simulated-options.ts';
import { Database } from '../app/database/database.ts';
import { ALL_MIGRATIONS } from '../app/database/testing/all-migrations.ts';
import { testDatabase } from '../app/database/testing/postgres-databases.ts';
import { CHEAP_HASH } from '../app/identity/testing/cheap-hash.ts';
import { type Controller, type ServeOptions, serve } from '../app/serve.ts';

const run = promisify(execFile);
export const repository = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

export interface TestCloud {
  readonly url: string;
  readonly dataDir: string;
  readonly password: string;
  /** A token of the administrator in the project `admin`. */
  readonly token: string;
  readonly controller: Controller;
  /** One request with the token; JSON in and out. */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: any; headers: Headers }>;
  /** The real `openstack` command; parsed where `-f json` is among the arguments. */
  openstack(...args: string[]): Promise<any>;
  /** The agent ends as if its computer had gone. */
  stopAgent(): Promise<void>;
  /** Destroys the machines, stops agent and controller, removes the folder. */
  close(): Promise<void>;
}

export interface TestCloudOptions extends Partial<ServeOptions> {
  /** `none` starts no agent. */
  hypervisor?: 'qemu' | 'simulated' | 'none';
  /** How simulated machines behave. */
  simulated?: SimulatedOptions;
}

/** A whole cloud in this process on a port of the system's choice, with a data folder of its own. */
export async function startCloud(options: TestCloudOptions = {}): Promise<TestCloud> {
  const { hypervisor = 'qemu', simulated, ...serveOptions } = options;
  const dataDir = serveOptions.dataDir ?? (await mkdtemp(join(tmpdir(), 'cumulet-')));
  const log = pino({ level: process.env.CUMULET_TEST_LOG ?? 'silent' });
  const password = 'test-password';
  const controller = await serve({
    listen: '127.0.0.1:0',
    adminPassword: password,
    checkAnswers: true,
    database: await testDatabase(dataDir),
    hashCost: CHEAP_HASH,
    log,
    ...serveOptions,
    dataDir,
  });
  let agent =
    hypervisor === 'none'
      ? undefined
      : await runAgent({
          dataDir,
          hostName: hostname(),
          hypervisor,
          controllerFile: join(dataDir, 'controller.json'),
          secretFile: join(dataDir, 'secrets', 'agent'),
          log,
          ...(simulated && { simulated }),
        });
  const token = await signIn(controller.url, password);
  const request: TestCloud['request'] = async (method, path, body, headers = {}) => {
    const response = await fetch(controller.url + path, {
      method,
      headers: {
        accept: 'application/json',
        'x-auth-token': token,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, body: isJson && text ? JSON.parse(text) : text, headers: response.headers };
  };
  return {
    url: controller.url,
    dataDir,
    password,
    token,
    controller,
    request,
    openstack: (...args) => openstack(controller.url, password, args),
    stopAgent: async () => {
      await agent?.close();
      agent = undefined;
    },
    close: async () => {
      if (agent) await deleteServers(request);
      await agent?.close();
      await controller.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The database of a cloud that runs, beside it. */
export async function openDatabase(dataDir: string): Promise<Database> {
  return await Database.open(dataDir, ALL_MIGRATIONS, await testDatabase(dataDir));
}

export async function signIn(url: string, password: string, user = 'admin', project = 'admin'): Promise<string> {
  const domain = { id: 'default' };
  const response = await fetch(`${url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, domain, password } } },
        scope: { project: { name: project, domain } },
      },
    }),
  });
  const token = response.headers.get('x-subject-token');
  if (!token) throw new Error(`Signing in failed: ${response.status} ${await response.text()}`);
  return token;
}

/** Asks until `done` says so, driven by the event stream's changes being visible to reads; fails after `seconds`. */
export async function until<T>(
  what: string | (() => string),
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline)
      throw new Error(`Waited ${seconds} s for ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function deleteServers(request: TestCloud['request']): Promise<void> {
  const { body } = await request('GET', '/compute/v2.1/servers?all_tenants=1');
  for (const { id } of body.servers) await request('DELETE', `/compute/v2.1/servers/${id}`);
  await until('the machines to be gone', 60, async () => {
    const left = await request('GET', '/compute/v2.1/servers?all_tenants=1');
    return left.body.servers.length === 0 ? true : undefined;
  });
}

/** What `openrc` sets, for the administrator in the project `admin`. */
export function clientEnvironment(url: string, password: string): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    HOME: tmpdir(),
    LANG: 'C.UTF-8',
    OS_AUTH_URL: `${url}/identity/v3`,
    OS_USERNAME: 'admin',
    OS_PASSWORD: password,
    OS_PROJECT_NAME: 'admin',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_IDENTITY_API_VERSION: '3',
    OS_REGION_NAME: 'RegionOne',
  };
}

async function openstack(url: string, password: string, args: string[]): Promise<any> {
  try {
    // Debian's own Python, whatever else comes first on the PATH.
    const { stdout } = await run('/usr/bin/python3', ['/usr/bin/openstack', ...args], {
      env: clientEnvironment(url, password),
      maxBuffer: 64 * 1024 * 1024,
    });
    return args.includes('json') ? JSON.parse(stdout) : stdout;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(`openstack ${args.join(' ')}: ${stderr || message}`);
  }
}
