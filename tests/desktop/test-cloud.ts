import { expect } from '@playwright/test';
import { z } from 'zod';

const idSchema = z.object({ id: z.string() });

/** A client of the desktop's own controller, to lay out what a test needs and to see what became of it. */
export class TestCloud {
  readonly url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  static async signIn(url: string, password: string): Promise<TestCloud> {
    const domain = { id: 'default' };
    const response = await fetch(`${url}/identity/v3/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        auth: {
          identity: { methods: ['password'], password: { user: { name: 'admin', domain, password } } },
          scope: { project: { name: 'admin', domain } },
        },
      }),
    });
    return new TestCloud(url, z.string().parse(response.headers.get('x-subject-token')));
  }

  /** A machine that runs, on the simulated hypervisor. */
  async launch(name: string): Promise<string> {
    const { flavors } = z
      .object({ flavors: z.array(idSchema) })
      .parse(await this.#json('GET', '/compute/v2.1/flavors'));
    const { server } = z.object({ server: idSchema }).parse(
      await this.#json('POST', '/compute/v2.1/servers', {
        server: { name, imageRef: await this.#makeImage(), flavorRef: flavors[0]?.id, networks: 'auto' },
      }),
    );
    await expect.poll(() => this.statusOf(server.id), { timeout: 60_000 }).toBe('ACTIVE');
    return server.id;
  }

  async statusOf(serverId: string): Promise<string> {
    const body = await this.#json('GET', `/compute/v2.1/servers/${serverId}`);
    return z.object({ server: z.object({ status: z.string() }) }).parse(body).server.status;
  }

  /** What was done to it, newest first. */
  async actionsOf(serverId: string): Promise<string[]> {
    return (await this.#actions(serverId)).map(({ action }) => action);
  }

  /** Results of the newest action's parts. */
  async lastActionOf(serverId: string): Promise<(string | null)[]> {
    const [newest] = await this.#actions(serverId);
    const path = `/compute/v2.1/servers/${serverId}/os-instance-actions/${newest?.request_id}`;
    const events = z.array(z.object({ result: z.string().nullable() }));
    const schema = z.object({ instanceAction: z.object({ events }) });
    return schema.parse(await this.#json('GET', path)).instanceAction.events.map(({ result }) => result);
  }

  async #actions(serverId: string): Promise<{ action: string; request_id: string }[]> {
    const body = await this.#json('GET', `/compute/v2.1/servers/${serverId}/os-instance-actions`);
    const schema = z.object({ instanceActions: z.array(z.object({ action: z.string(), request_id: z.string() })) });
    return schema.parse(body).instanceActions;
  }

  async #makeImage(): Promise<string> {
    const { id } = idSchema.parse(
      await this.#json('POST', '/image/v2/images', { name: 'empty', disk_format: 'raw', container_format: 'bare' }),
    );
    const response = await fetch(`${this.url}/image/v2/images/${id}/file`, {
      method: 'PUT',
      headers: { 'x-auth-token': this.#token, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(1024 * 1024),
    });
    expect(response.status).toBe(204);
    return id;
  }

  async #json(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'x-auth-token': this.#token,
        'openstack-api-version': 'compute 2.90',
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}
