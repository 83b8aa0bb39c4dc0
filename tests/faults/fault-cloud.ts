import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { repository, signIn, until } from '../cloud.ts';
import { CumuletProcess } from './cumulet-process.ts';
import { measureFootprint } from './invariants/footprint.ts';
import { type CloudUnderCheck, findViolations, type WatchedProcess } from './invariants/invariants.ts';
import { Ledger } from './invariants/ledger.ts';
import { processesNaming } from './process-table.ts';

const run = promisify(execFile);

/** One vCPU, 128 MiB, 1 GiB: enough for the small Linux. */
export const SMALLEST_FLAVOR = '42';
export const FAULT_PASSWORD = 'fault-test-password';
/** Machines a busy computer takes long to start; only a hang reaches this. Seconds. */
const PATIENCE = 90;

export interface StartOptions {
  failPoint?: string;
  env?: Record<string, string>;
  hypervisor?: 'qemu' | 'simulated';
  hostName?: string;
  /** A file in place of the catalogue of images. */
  catalog?: string;
}

export interface Answer {
  status: number;
  body: any;
}

/**
 * A cloud of real processes on a data folder of its own: each can be killed and started again by itself. What it asks
 * for goes into its ledger when it was acknowledged.
 */
export class FaultCloud {
  readonly dataDir: string;
  /** The agent's data folder; the controller's where a computer is both. */
  readonly hostDir: string;
  readonly ledger = new Ledger();
  controller: CumuletProcess | undefined;
  agent: CumuletProcess | undefined;
  #url = '';
  #token = '';
  #hypervisor: 'qemu' | 'simulated' = 'qemu';
  readonly #started: CumuletProcess[] = [];
  readonly #watched: WatchedProcess[] = [];

  constructor(dataDir: string, hostDir = dataDir) {
    this.dataDir = dataDir;
    this.hostDir = hostDir;
  }

  static async create(): Promise<FaultCloud> {
    return new FaultCloud(await mkdtemp(join(tmpdir(), 'cumulet-')));
  }

  get url(): string {
    return this.#url;
  }

  get token(): string {
    return this.#token;
  }

  /** `serve --no-agent`; returns when it answers. */
  async startController(options: StartOptions = {}): Promise<CumuletProcess> {
    const args = ['serve', '--no-agent', '--data-dir', this.dataDir, '--listen', '127.0.0.1:0'];
    this.controller = this.#start(args, options);
    await this.#reachedBy(this.controller);
    await this.#watch('controller', this.controller);
    return this.controller;
  }

  /** `serve` as people run it: controller and agent. */
  async startBoth(options: StartOptions = {}): Promise<CumuletProcess> {
    const args = ['serve', '--data-dir', this.dataDir, '--listen', '127.0.0.1:0'];
    this.controller = this.#start([...args, '--hypervisor', options.hypervisor ?? 'qemu'], options);
    await this.#reachedBy(this.controller);
    await this.hostIsUp();
    return this.controller;
  }

  /** `agent`; returns when the controller knows that it is there. */
  async startAgent(options: StartOptions = {}): Promise<CumuletProcess> {
    const args = ['agent', '--data-dir', this.hostDir, '--hypervisor', options.hypervisor ?? 'qemu'];
    if (options.hostName !== undefined) args.push('--host-name', options.hostName);
    this.agent = this.#start(args, options);
    await this.agent.printed(/^Agent \S+ runs on/);
    await this.#watch('agent', this.agent);
    await this.hostIsUp();
    return this.agent;
  }

  async hostIsUp(): Promise<void> {
    await until('the host to be up', PATIENCE, async () => {
      const { body } = await this.request('GET', '/v1/hosts');
      return body.hosts?.some(({ state }: { state: string }) => state === 'up') ? true : undefined;
    });
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const hasBody = body !== undefined;
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        accept: 'application/json',
        'x-auth-token': this.#token,
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(hasBody ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, body: isJson && text ? JSON.parse(text) : text };
  }

  /** An image of the small Linux, ready to start from. */
  async uploadGuest(name = 'cumulet-linux'): Promise<string> {
    const image = await this.createImage({ name, disk_format: 'qcow2' });
    const answer = await this.uploadImage(image, createReadStream(await guestImage()));
    if (answer.status !== 204) throw new Error(`Upload: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.ledger.there('image', image, { name, status: 'active' });
    return image;
  }

  /** A queued image without bytes. */
  async createImage(properties: { name: string; disk_format: string }): Promise<string> {
    const { status, body } = await this.request('POST', '/image/v2/images', {
      container_format: 'bare',
      ...properties,
    });
    if (status !== 201) throw new Error(`Image: ${status} ${JSON.stringify(body)}`);
    return body.id;
  }

  /** Sends the bytes as they come, in chunks of unknown total length; the answer may come before the last. */
  async uploadImage(id: string, bytes: Readable): Promise<Answer> {
    const upload = request(`${this.#url}/image/v2/images/${id}/file`, {
      method: 'PUT',
      headers: { 'x-auth-token': this.#token, 'content-type': 'application/octet-stream' },
    });
    const answered = new Promise<Answer>((resolve, reject) => {
      upload.on('response', (response) => {
        readText(response)
          .then((text) =>
            resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : text }),
          )
          .catch(reject);
      });
      upload.on('error', reject);
    });
    // Node's client stops sending once it has the answer: nothing is to be waited for then.
    const sent = pipeline(bytes, upload).catch(() => undefined);
    const answer = await answered;
    bytes.destroy();
    await sent;
    return answer;
  }

  /** Asks for a machine; answers its id at once. */
  async launch(image: string, more: Record<string, unknown> = {}): Promise<string> {
    const server = { name: 'under-test', imageRef: image, flavorRef: SMALLEST_FLAVOR, networks: 'auto', ...more };
    const { status, body } = await this.request('POST', '/compute/v2.1/servers', { server }, MICROVERSION);
    if (status !== 202) throw new Error(`Launch: ${status} ${JSON.stringify(body)}`);
    // Of several the names are numbered.
    this.ledger.there('server', body.server.id, 'min_count' in more ? {} : { name: server.name });
    return body.server.id;
  }

  async server(id: string): Promise<any> {
    const { status, body } = await this.request('GET', `/compute/v2.1/servers/${id}`, undefined, MICROVERSION);
    return status === 404 ? undefined : body.server;
  }

  /** The server once it has settled in one of `states`; an `ERROR` that is not wanted fails with its fault. */
  async serverIn(id: string, ...states: string[]): Promise<any> {
    let server: any;
    const what = () => `${id} to be ${states.join(' or ')}, not ${JSON.stringify(server)}`;
    return await until(what, PATIENCE, async () => {
      server = await this.server(id);
      if (!server) throw new Error(`Server ${id} is gone`);
      if (states.includes(server.status) && server['OS-EXT-STS:task_state'] === null) return server;
      if (server.status === 'ERROR') throw new Error(`Server ${id} failed: ${JSON.stringify(server.fault)}`);
      return undefined;
    });
  }

  /** With `isSafe` once a safety snapshot is made. */
  async act(id: string, action: Record<string, unknown>, { isSafe = false } = {}): Promise<Answer> {
    const path = isSafe ? `/v1/servers/${id}/safely` : `/compute/v2.1/servers/${id}/action`;
    const answer = await this.request('POST', path, action, MICROVERSION);
    if (answer.status >= 400) throw new Error(`Action: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }

  async openConsole(id: string): Promise<string> {
    const ask = { remote_console: { protocol: 'serial', type: 'serial' } };
    const path = `/compute/v2.1/servers/${id}/remote-consoles`;
    const { status, body } = await this.request('POST', path, ask, MICROVERSION);
    if (status !== 200) throw new Error(`Console: ${status} ${JSON.stringify(body)}`);
    return body.remote_console.url;
  }

  async deleteServer(id: string): Promise<void> {
    const { status, body } = await this.request('DELETE', `/compute/v2.1/servers/${id}`);
    if (status !== 204) throw new Error(`Delete: ${status} ${JSON.stringify(body)}`);
    this.ledger.gone('server', id);
  }

  async serverGone(id: string): Promise<void> {
    await until(`${id} to be gone`, PATIENCE, async () => ((await this.server(id)) === undefined ? true : undefined));
  }

  /** What does not hold of this cloud, once it has come to rest; see invariants/. */
  async violations(patience?: CloudUnderCheck['patience']): Promise<string[]> {
    return await findViolations({
      dataDir: this.dataDir,
      hostDir: this.hostDir,
      hypervisor: this.#hypervisor,
      ask: (method, path) => this.request(method, path, undefined, MICROVERSION),
      ledger: this.ledger,
      processes: this.#watched.filter(({ running }) => !running.hasEnded),
      ...(patience && { patience }),
    });
  }

  /** Ends every process of this cloud, machines too, and removes its folder. */
  async destroy(): Promise<void> {
    // Until none is left: one that is starting may start another meanwhile.
    await until('the processes to be gone', 30, async () => {
      const left = [this.dataDir, this.hostDir].flatMap(processesNaming);
      for (const { pid } of left) kill(pid);
      return left.length === 0 ? true : undefined;
    });
    await Promise.all(this.#started.map(({ ended }) => ended));
    await rm(this.dataDir, { recursive: true, force: true });
  }

  #start(args: string[], options: StartOptions): CumuletProcess {
    this.#hypervisor = options.hypervisor ?? this.#hypervisor;
    const env: Record<string, string> = { CUMULET_ADMIN_PASSWORD: FAULT_PASSWORD, ...options.env };
    if (options.failPoint !== undefined) env.CUMULET_FAILPOINT = options.failPoint;
    const { catalog } = options;
    const started =
      catalog === undefined ? CumuletProcess.start(args, env) : CumuletProcess.withCatalog(this.dataDir, catalog, env);
    this.#started.push(started);
    return started;
  }

  async #watch(name: 'controller' | 'agent', running: CumuletProcess): Promise<void> {
    this.#watched.push({ name, running, base: await measureFootprint(running) });
  }

  async #reachedBy(controller: CumuletProcess): Promise<void> {
    const [, url = ''] = await controller.printed(/^Cumulet runs at (\S+)/);
    this.#url = url;
    // Tokens outlive the controller that issued them.
    this.#token ||= await signIn(url, FAULT_PASSWORD);
  }
}

/** Where servers carry their fault, and consoles are asked for, as the dashboard does. */
export const MICROVERSION = { 'openstack-api-version': 'compute 2.90' };

/** The small Linux; building it again costs nothing when its inputs have not changed. */
export async function guestImage(): Promise<string> {
  const folder = join(repository, '.cache', 'guest');
  await run('bash', [join(repository, 'guest', 'build.sh'), folder]);
  return join(folder, 'cumulet-linux.qcow2');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}
