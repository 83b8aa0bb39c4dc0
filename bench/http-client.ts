import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** One kept-alive connection, and no work beyond HTTP: what is measured is the server. */
export class HttpClient {
  readonly #origin: string;
  readonly #headers: Record<string, string>;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(origin: string, headers: Record<string, string> = {}) {
    this.#origin = origin;
    this.#headers = headers;
  }

  /** The answer's bytes; anything but success is an error. */
  async send(method: string, path: string, body?: unknown): Promise<Buffer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return await new Promise((resolve, reject) => {
      const sent = request(
        this.#origin + path,
        {
          method,
          agent: this.#agent,
          headers: {
            ...this.#headers,
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          },
        },
        (response) => {
          buffer(response).then((bytes) => {
            const status = response.statusCode ?? 0;
            if (status < 300) resolve(bytes);
            else reject(new Error(`${method} ${path}: ${status} ${bytes}`));
          }, reject);
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
