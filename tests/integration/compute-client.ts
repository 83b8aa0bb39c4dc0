import { type TestCloud, until } from '../cloud.ts';

/** One vCPU, 128 MiB. */
export const SMALLEST_FLAVOR = '42';
const VERSION = { 'openstack-api-version': 'compute 2.90' };
const SERVERS = '/compute/v2.1/servers';

/** Server calls the tests make, with the errors said out loud. */
export class ComputeClient {
  readonly #cloud: Pick<TestCloud, 'request'>;

  constructor(cloud: Pick<TestCloud, 'request'>) {
    this.#cloud = cloud;
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
    return await this.#cloud.request(method, path, body, VERSION);
  }

  /** As {@link call}; anything but success fails the test with the answer. */
  async mustCall(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async launch(image: string, more: Record<string, unknown> = {}): Promise<{ id: string; adminPass: string }> {
    const server = { name: 'under-test', imageRef: image, flavorRef: SMALLEST_FLAVOR, networks: 'auto', ...more };
    return (await this.mustCall('POST', SERVERS, { server })).server;
  }

  async show(id: string): Promise<any> {
    return (await this.mustCall('GET', `${SERVERS}/${id}`)).server;
  }

  /** The server once it has settled in this state. */
  async settled(id: string, status: string): Promise<any> {
    return await until(`${id} to be ${status}`, 150, async () => {
      const server = await this.show(id);
      if (server.status === status && server['OS-EXT-STS:task_state'] === null) return server;
      if (server.status === 'ERROR') throw new Error(`Server ${id} failed: ${JSON.stringify(server.fault)}`);
      return undefined;
    });
  }

  async act(id: string, action: Record<string, unknown>): Promise<any> {
    return await this.mustCall('POST', `${SERVERS}/${id}/action`, action);
  }

  async consoleLog(id: string): Promise<string> {
    return (await this.act(id, { 'os-getConsoleOutput': { length: null } })).output;
  }

  /** The WebSocket behind a console link. */
  async consoleUrl(id: string, kind: 'serial' | 'vnc'): Promise<string> {
    const ask = { protocol: kind, type: kind === 'vnc' ? 'novnc' : 'serial' };
    const { remote_console } = await this.mustCall('POST', `${SERVERS}/${id}/remote-consoles`, { remote_console: ask });
    const link = new URL(remote_console.url);
    return `ws://${link.host}/console/websocket${link.search}`;
  }

  async remove(id: string): Promise<void> {
    await this.mustCall('DELETE', `${SERVERS}/${id}`);
    await until(`${id} to be gone`, 60, async () => {
      const { status } = await this.call('GET', `${SERVERS}/${id}`);
      return status === 404 ? true : undefined;
    });
  }
}
