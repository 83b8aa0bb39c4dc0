import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { FAULT_PASSWORD, MICROVERSION, SMALLEST_FLAVOR } from '../fault-cloud.ts';
import type { Kind, Ledger } from '../invariants/ledger.ts';
import type { Action } from './round-plan.ts';
import { SeededChoice } from './seeded-choice.ts';

export interface ClientOptions {
  /** What it makes is called after it, so that no two clients use one name. */
  name: string;
  seed: number;
  url: string;
  token: string;
  image: string;
  ledger: Ledger;
  /** Called at the end of each request, answered or not. */
  onRequest(): void;
  /** Called when an action was acknowledged. */
  onAcknowledged(): void;
}

interface Answer {
  status: number;
  body: any;
  headers: IncomingHttpHeaders;
}

/** Where each power action leads when it succeeds. */
const POWER = {
  stop: { body: { 'os-stop': null }, status: 'SHUTOFF' },
  start: { body: { 'os-start': null }, status: 'ACTIVE' },
  reboot: { body: { reboot: { type: 'HARD' } }, status: 'ACTIVE' },
  pause: { body: { pause: null }, status: 'PAUSED' },
  unpause: { body: { unpause: null }, status: 'ACTIVE' },
} as const;

/** A person waits this long for an answer, milliseconds. */
const PATIENCE_MS = 10_000;
/** A person looks this often whether a machine is ready for the next action. */
const LOOKS = 30;
const MIB = 1024 * 1024;

/** One user of the cloud who does one thing after the other, and remembers what was promised. */
export class ChaosClient {
  /** Answers no caller may ever get. */
  readonly outrages: string[] = [];
  readonly #options: ClientOptions;
  readonly #choice: SeededChoice;
  readonly #own: Record<Kind, string[]> = { server: [], image: [], keypair: [], user: [] };
  #token: string;
  #made = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#choice = new SeededChoice(options.seed);
    this.#token = options.token;
  }

  async perform(action: Action): Promise<void> {
    switch (action) {
      case 'launch':
        return await this.#launch();
      case 'stop':
      case 'start':
      case 'reboot':
      case 'pause':
      case 'unpause':
        return await this.#power(action);
      case 'rename':
        return await this.#rename('server', (id) => `/compute/v2.1/servers/${id}`, 'PUT');
      case 'rename user':
        return await this.#rename('user', (id) => `/identity/v3/users/${id}`, 'PATCH');
      case 'delete server':
        return await this.#delete('server', (id) => `/compute/v2.1/servers/${id}`);
      case 'delete image':
        return await this.#delete('image', (id) => `/image/v2/images/${id}`);
      case 'delete key':
        return await this.#delete('keypair', (id) => `/compute/v2.1/os-keypairs/${id}`);
      case 'upload image':
        return await this.#upload();
      case 'make key':
        return await this.#makeKey();
      case 'make user':
        return await this.#makeUser();
    }
  }

  async #launch(): Promise<void> {
    const name = this.#newName('server');
    const server = { name, imageRef: this.#options.image, flavorRef: SMALLEST_FLAVOR, networks: 'auto' };
    const answer = await this.#ask('POST', '/compute/v2.1/servers', { server });
    if (answer?.status === 202) this.#promised('server', answer.body.server.id, { name });
  }

  async #power(verb: keyof typeof POWER): Promise<void> {
    const id = this.#pick('server');
    if (id === undefined) return;
    await this.#settled(id);
    const { body, status } = POWER[verb];
    const answer = await this.#ask('POST', `/compute/v2.1/servers/${id}/action`, body);
    if (answer?.status !== 202) return;
    this.#options.ledger.powered(id, { requestId: String(answer.headers['x-openstack-request-id']), status });
    this.#options.onAcknowledged();
  }

  async #rename(kind: 'server' | 'user', path: (id: string) => string, method: string): Promise<void> {
    const id = this.#pick(kind);
    if (id === undefined) return;
    const name = this.#newName(kind);
    const answer = await this.#ask(method, path(id), { [kind]: { name } });
    if (answer?.status === 200) this.#promised(kind, id, { name });
    else if (isUnsure(answer)) this.#options.ledger.unsure(id, 'name');
  }

  async #delete(kind: Kind, path: (id: string) => string): Promise<void> {
    const id = this.#pick(kind);
    if (id === undefined) return;
    const answer = await this.#ask('DELETE', path(id));
    if (answer !== undefined && answer.status < 300) {
      this.#own[kind] = this.#own[kind].filter((other) => other !== id);
      this.#options.ledger.gone(kind, id);
      this.#options.onAcknowledged();
    } else if (isUnsure(answer)) {
      this.#options.ledger.unsure(id);
      this.#own[kind] = this.#own[kind].filter((other) => other !== id);
    }
  }

  async #upload(): Promise<void> {
    const name = this.#newName('image');
    const made = await this.#ask('POST', '/image/v2/images', { name, disk_format: 'raw', container_format: 'bare' });
    if (made?.status !== 201) return;
    this.#promised('image', made.body.id, { name, status: 'queued' });
    // Small ones are hashed in another way than larger ones: below and above 4 MiB.
    const bytes = Buffer.alloc(this.#choice.pick([4096, MIB, 6 * MIB]), name);
    const answer = await this.#ask('PUT', `/image/v2/images/${made.body.id}/file`, bytes);
    if (answer?.status === 204) {
      const hash = createHash('sha512').update(bytes).digest('hex');
      this.#promised('image', made.body.id, { status: 'active', size: bytes.length, os_hash_value: hash });
    } else if (isUnsure(answer)) this.#options.ledger.unsure(made.body.id, 'status');
  }

  async #makeKey(): Promise<void> {
    const name = this.#newName('key');
    const answer = await this.#ask('POST', '/compute/v2.1/os-keypairs', {
      keypair: { name, type: 'ssh', public_key: KEY },
    });
    if (answer?.status === 201) {
      this.#promised('keypair', name, { fingerprint: answer.body.keypair.fingerprint, public_key: KEY });
    }
  }

  async #makeUser(): Promise<void> {
    const name = this.#newName('user');
    const answer = await this.#ask('POST', '/identity/v3/users', { user: { name, domain_id: 'default' } });
    if (answer?.status === 201) this.#promised('user', answer.body.user.id, { name });
  }

  #promised(kind: Kind, id: string, facts: Record<string, unknown>): void {
    if (!this.#own[kind].includes(id)) this.#own[kind].push(id);
    this.#options.ledger.there(kind, id, facts);
    this.#options.onAcknowledged();
  }

  #pick(kind: Kind): string | undefined {
    // Drawn in any case, so that what is left of others' choices does not depend on what there is.
    const draw = this.#choice.between(0, 2 ** 31);
    const own = this.#own[kind];
    return own[draw % Math.max(own.length, 1)];
  }

  #newName(kind: string): string {
    this.#made += 1;
    return `${this.#options.name}-${kind}-${this.#made}`;
  }

  /** As long as it takes a person to lose patience: what is asked for then may be refused. */
  async #settled(id: string): Promise<void> {
    for (let look = 0; look < LOOKS; look++) {
      const answer = await this.#ask('GET', `/compute/v2.1/servers/${id}`);
      const server = answer?.body?.server;
      if (answer?.status === 404) return;
      if (server && server['OS-EXT-STS:task_state'] === null && server.status !== 'BUILD') return;
      await delay(100);
    }
  }

  /** Undefined: no answer came. A token that ended is replaced, as clients do. */
  async #ask(method: string, path: string, body?: unknown): Promise<Answer | undefined> {
    const answer = await this.#send(method, path, body);
    if (answer?.status !== 401) return answer;
    if (!(await this.#signIn())) return undefined;
    return await this.#send(method, path, body);
  }

  async #signIn(): Promise<boolean> {
    const domain = { id: 'default' };
    const answer = await this.#send('POST', '/identity/v3/auth/tokens', {
      auth: {
        identity: { methods: ['password'], password: { user: { name: 'admin', domain, password: FAULT_PASSWORD } } },
        scope: { project: { name: 'admin', domain } },
      },
    });
    if (answer?.status !== 201) return false;
    this.#token = String(answer.headers['x-subject-token']);
    return true;
  }

  async #send(method: string, path: string, body?: unknown): Promise<Answer | undefined> {
    const bytes = Buffer.isBuffer(body) ? body : body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const answer = await this.#exchange(
      method,
      path,
      bytes,
      Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json',
    );
    this.#options.onRequest();
    // 500 says that nobody thought of it.
    if (answer?.status === 500) this.outrages.push(`${method} ${path} answered 500: ${JSON.stringify(answer.body)}`);
    return answer;
  }

  /** A connection for each request: none is left open at rest. */
  async #exchange(method: string, path: string, bytes: Buffer | undefined, type: string): Promise<Answer | undefined> {
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const asked = request(this.#options.url + path, {
      method,
      agent: false,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        'x-auth-token': this.#token,
        ...MICROVERSION,
        ...(bytes && { 'content-type': type, 'content-length': bytes.length }),
      },
    });
    asked.on('error', () => resolve(undefined));
    asked.on('response', (response) => {
      readText(response).then(
        (text) =>
          resolve({
            status: response.statusCode ?? 0,
            body: text.startsWith('{') ? JSON.parse(text) : text,
            headers: response.headers,
          }),
        () => resolve(undefined),
      );
    });
    asked.end(bytes);
    return await promise;
  }
}

/** Nothing is known of what a request without an answer did, nor of one whose answer is that something broke. */
function isUnsure(answer: Answer | undefined): boolean {
  return answer === undefined || answer.status >= 500;
}

/** A public key whose private one nobody kept. */
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtQUDZWpBbNvYVqzLgYqhXcVhyNCbAqgkjE8KkUyIGu chaos';
