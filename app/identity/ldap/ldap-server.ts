import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import {
  BusyError,
  Client,
  ConfidentialityRequiredError,
  type Filter,
  InvalidCredentialsError,
  NoSuchObjectError,
  ResultCodeError,
  SizeLimitExceededError,
  StrongAuthRequiredError,
  UnavailableError,
} from 'ldapts';
import { OperationalError } from '../../contract/errors.ts';
import { type LdapOptions, toUrls, urlProblem } from './ldap.options.ts';
import { LdapEntry } from './ldap-entry.ts';

/** One answer of the server may take so long; a list without pages is one answer. */
const ANSWER_MS = 30_000;
/** These fail whatever the password is. */
const NOT_ABOUT_PASSWORD = [BusyError, UnavailableError, ConfidentialityRequiredError, StrongAuthRequiredError];

/** The server does not answer, or not as its configuration expects: 503, with what to do. */
export class LdapFailure extends OperationalError {
  constructor(message: string, hint: string, cause?: unknown) {
    super('unavailable', 'controller', message, { hint, cause });
  }
}

/** An LDAP server as one domain's configuration describes it. Each use has a connection of its own. */
export class LdapServer {
  readonly #options: LdapOptions;
  /** In the order in which they are asked: whoever did not answer comes last. */
  #urls: string[];
  readonly #open = new Set<Client>();

  constructor(options: LdapOptions) {
    this.#options = options;
    this.#urls = toUrls(options.url);
  }

  /** Connects, binds as `user` of the configuration (or as nobody), and ends the connection afterwards. */
  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const { user, password } = this.#options;
    return await this.#connected(async (client) => {
      if (user && password) await client.bind(user, password);
      return await work(client);
    });
  }

  /** Does the entry let itself be opened with the password? An empty one never does: servers take it for anonymous. */
  async isPassword(dn: string, password: string): Promise<boolean> {
    if (dn === '' || password === '') return false;
    return await this.#connected(async (client) => {
      try {
        await client.bind(dn, password);
        return true;
      } catch (error) {
        const isRefused = error instanceof ResultCodeError && !NOT_ABOUT_PASSWORD.some((kind) => error instanceof kind);
        if (isRefused) return false;
        throw error;
      }
    });
  }

  /** What is below (or, with scope `base`, at) the entry; undefined where that is not there. */
  async search(
    client: Client,
    base: string,
    options: { scope: 'base' | 'one' | 'sub'; filter: Filter; attributes: string[] },
  ): Promise<LdapEntry[] | undefined> {
    const pageSize = this.#options.page_size;
    const { filter, scope } = options;
    const attributes = [...new Set(options.attributes)];
    try {
      const { searchEntries } = await client.search(base, {
        scope,
        filter,
        attributes,
        timeLimit: ANSWER_MS / 1000,
        explicitBufferAttributes: LdapEntry.binary,
        ...(pageSize > 0 && scope !== 'base' && { paged: { pageSize } }),
      });
      return searchEntries.map((entry) => new LdapEntry(entry));
    } catch (error) {
      if (error instanceof NoSuchObjectError) return undefined;
      throw error;
    }
  }

  close(): void {
    for (const client of this.#open) end(client);
  }

  async #connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const problem = urlProblem(this.#options);
    if (problem) {
      throw new LdapFailure(`The url of the LDAP server ${problem}.`, 'Change it in the configuration of the domain.');
    }
    let failure: unknown;
    for (const url of this.#urls) {
      const client = await this.#connect(url);
      this.#open.add(client);
      try {
        if (this.#options.use_tls) await this.#startTls(client, url);
        return await work(client);
      } catch (error) {
        failure = toFailure(error, url);
        if (failure === error || wouldOthersSay(error)) throw failure;
        this.#urls = [...this.#urls.filter((other) => other !== url), url];
      } finally {
        this.#open.delete(client);
        end(client);
      }
    }
    throw failure;
  }

  async #connect(url: string): Promise<Client> {
    const isSecure = url.toLowerCase().startsWith('ldaps:');
    return new Client({
      url,
      timeout: ANSWER_MS,
      connectTimeout: this.#options.connection_timeout * 1000,
      ...(isSecure && { tlsOptions: await this.#tls(url) }),
    });
  }

  /** The handshake of an upgraded connection has no limit of its own. */
  async #startTls(client: Client, url: string): Promise<void> {
    const timer = setTimeout(() => end(client), this.#options.connection_timeout * 1000);
    try {
      await client.startTLS(await this.#tls(url));
    } finally {
      clearTimeout(timer);
    }
  }

  async #tls(url: string): Promise<ConnectionOptions> {
    const { tls_cacertfile, tls_req_cert } = this.#options;
    const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost';
    return {
      host,
      ...(isIP(host) === 0 && { servername: host }),
      rejectUnauthorized: tls_req_cert === 'demand',
      ...(tls_cacertfile !== null && { ca: await readCertificates(tls_cacertfile) }),
    };
  }
}

/** What another server of the same directory would answer, too. */
function wouldOthersSay(error: unknown): boolean {
  const isBusy = error instanceof BusyError || error instanceof UnavailableError;
  return error instanceof ResultCodeError && !isBusy;
}

async function readCertificates(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new LdapFailure(
      'The file of certificates for the LDAP server could not be read.',
      'Check tls_cacertfile in the configuration of the domain: it is a path on the computer of the controller.',
      error,
    );
  }
}

function end(client: Client): void {
  client.unbind().catch(() => undefined);
}

function toFailure(error: unknown, url: string): LdapFailure {
  if (error instanceof LdapFailure) return error;
  const reason = error instanceof Error ? error.message.trim() : String(error);
  if (error instanceof InvalidCredentialsError) {
    const hint = 'Check user and password in the configuration of the domain.';
    return new LdapFailure('The LDAP server refuses the account it is to be read with.', hint, error);
  }
  if (error instanceof SizeLimitExceededError) {
    const hint = 'Set page_size in the configuration of the domain, to 500 for example.';
    return new LdapFailure('The LDAP server does not give so many entries at once.', hint, error);
  }
  if (error instanceof ResultCodeError) {
    return new LdapFailure(`The LDAP server answered: ${reason}`, 'Check the configuration of the domain.', error);
  }
  const hint = 'See that the server runs and can be reached from the controller, and that url and TLS are right.';
  return new LdapFailure(`The LDAP server ${url} does not answer: ${reason}`, hint, error);
}
