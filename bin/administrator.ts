import { OperationalError } from '../app/contract/errors.ts';
import type { DataFolder } from './data-folder.ts';

const PATIENCE_MS = 10_000;

/** What commands ask the running controller as its administrator. */
export class Administrator {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** With the password that the data folder keeps. */
  static async signIn(folder: DataFolder): Promise<Administrator> {
    const { url } = folder.requireController();
    const domain = { name: 'Default' };
    const response = await fetch(new URL('/identity/v3/auth/tokens', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: 'admin', domain, password: folder.readAdminPassword() } },
          },
          scope: { project: { name: 'admin', domain } },
        },
      }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const token = response.headers.get('x-subject-token');
    if (!response.ok || token === null) {
      throw new OperationalError('unauthorized', 'controller', `Cumulet at ${url} refused (HTTP ${response.status}).`, {
        hint: "The administrator's password may have been changed: sign in with it in the dashboard, or stop Cumulet and run cumulet reset-admin-password.",
      });
    }
    return new Administrator(url, token);
  }

  /** One request; undefined where there is nothing to answer. What is refused is thrown in the controller's words. */
  async request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: {
        accept: 'application/json',
        'x-auth-token': this.#token,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status === 204) return undefined;
    const answer: unknown = await response.json();
    if (!response.ok) throw fromFault(response.status, answer);
    return answer;
  }
}

function fromFault(status: number, body: unknown): OperationalError {
  const { error } = (body ?? {}) as { error?: { message?: string; hint?: string } };
  const hint = error?.hint === undefined ? {} : { hint: error.hint };
  return new OperationalError('unavailable', 'controller', error?.message ?? `Cumulet answered HTTP ${status}.`, hint);
}
