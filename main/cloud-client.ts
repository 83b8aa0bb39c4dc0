import { z } from 'zod';
import { type ConsoleType, REMOTE_CONSOLES } from '../app/contract/console.ts';
import { OperationalError } from '../app/contract/errors.ts';
import { signedInSchema } from '../app/contract/v1.ts';
import { fill, type Texts } from './texts.ts';

/** One request must not hold up quitting for longer. */
const REQUEST_MS = 20_000;

const serversSchema = z.object({
  servers: z.array(z.object({ id: z.uuid(), name: z.string(), status: z.string() })),
});
const consoleSchema = z.object({ remote_console: z.object({ url: z.url() }) });
export type RunningServer = z.infer<typeof serversSchema>['servers'][number];

/** The few calls the desktop itself makes, as any other client would. */
export class CloudClient {
  readonly #origin: string;
  readonly #token: string;
  readonly #texts: Texts;

  constructor(origin: string, token: string, texts: Texts) {
    this.#texts = texts;
    this.#origin = origin;
    this.#token = token;
  }

  /** Signs in with the code of a single-use link. */
  static async signIn(link: string, texts: Texts): Promise<CloudClient> {
    const { origin, hash } = new URL(link);
    const response = await fetch(new URL('/v1/sign-in', origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: new URLSearchParams(hash.slice(1)).get('code') }),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (!response.ok) throw refused(response.status, texts);
    return new CloudClient(origin, signedInSchema.parse(await response.json()).token, texts);
  }

  /** Machines of all projects that use the processor now. */
  async listRunning(): Promise<RunningServer[]> {
    const response = await this.#request('GET', '/compute/v2.1/servers/detail?all_tenants=1&status=ACTIVE');
    return serversSchema.parse(await response.json()).servers;
  }

  /** Presses the power button; answers before the machine is off. */
  async shutDown(serverId: string): Promise<void> {
    await this.#request('POST', `/compute/v2.1/servers/${serverId}/action`, { 'os-stop': null });
  }

  /** Address of the console's page, with a token that lets in for a short time. */
  async createConsole(serverId: string, type: ConsoleType): Promise<string> {
    const body = { remote_console: REMOTE_CONSOLES[type] };
    const response = await this.#request('POST', `/compute/v2.1/servers/${serverId}/remote-consoles`, body);
    const { url } = consoleSchema.parse(await response.json()).remote_console;
    // Whatever the answer names, the window only ever goes to the controller's own pages.
    return new URL(`/console/${type}${new URL(url).search}`, this.#origin).href;
  }

  async signOut(): Promise<void> {
    await this.#request('DELETE', '/identity/v3/auth/tokens', undefined, { 'x-subject-token': this.#token });
  }

  async #request(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.#origin), {
      method,
      headers: {
        'x-auth-token': this.#token,
        'openstack-api-version': 'compute 2.90',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (!response.ok) throw refused(response.status, this.#texts);
    return response;
  }
}

function refused(status: number, texts: Texts): OperationalError {
  return new OperationalError('unavailable', 'controller', fill(texts.fault.refused, { status }));
}
