import type { Logger } from 'pino';
import { OperationalError } from '../../contract/errors.ts';
import type { UserRecord } from '../directory/directory.repository.ts';
import type { DomainConfigService } from '../domain-config/domain-config.service.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { Turnstile } from '../token/turnstile.ts';
import type { LdapOptions } from './ldap.options.ts';
import { LdapMirror } from './ldap-mirror.ts';
import { NameIsMoving, publicId } from './ldap-mirror-change.ts';
import { type LdapPeople, LdapReader, type LdapUser } from './ldap-people.ts';

/** What was read of a whole domain is believed for so long by lists; sign-in always asks. A failure, for less. */
const BELIEVED_MS = 30_000;
const FAILED_MS = 10_000;
/** Sign-ins that ask LDAP servers at once, and that wait. */
const AT_ONCE = 20;
const MAY_WAIT = 200;
const NOBODY: LdapPeople = { users: [], groups: [], members: new Map() };

/** How the last look at a domain's server went; the counts are of the last that went well. */
export interface LdapState {
  at: number;
  people: { at: number; users: number; groups: number; passedOver: string[] } | null;
  failure: OperationalError | null;
}

/** Somebody whose password an LDAP server knows; without user: nobody there has the name. */
export interface LdapAccount {
  user: UserRecord | undefined;
  isPassword: (password: string) => Promise<boolean>;
}

interface Parts extends Pick<IdentityParts, 'database' | 'directory' | 'tokens' | 'events' | 'now'> {
  configs: DomainConfigService;
  log: Logger;
}

/** Domains whose users and groups live in an LDAP server. What is read there is mirrored here, and never written. */
export class LdapDomainService {
  readonly #parts: Parts;
  readonly #mirror: LdapMirror;
  readonly #turnstile = new Turnstile(AT_ONCE, MAY_WAIT);
  readonly #readers = new Map<string, LdapReader>();
  readonly #states = new Map<string, LdapState>();
  readonly #reading = new Map<string, Promise<LdapState>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#mirror = new LdapMirror(parts);
    this.#parts.configs.onChanged((domainId) => this.#reconfigured(domainId));
  }

  /**
   * For sign-in: who it is there now, with their groups. Undefined where the domain has no LDAP server, or the name or
   * id is that of a user of the cloud's own. 503 where the server does not answer; the reason is not for everybody.
   */
  async findAccount(domainId: string, by: { name: string } | { user: UserRecord }): Promise<LdapAccount | undefined> {
    if (!(await this.#parts.configs.livesElsewhere(domainId))) return undefined;
    const known = 'user' in by ? by.user : await this.#parts.directory.findUser({ name: by.name, domainId });
    if (known && !(await this.#localIdOf(known.id))) return undefined;
    return await this.#forAnybody(domainId, async () => {
      const reader = await this.#readerOf(domainId);
      if (!reader) return undefined;
      const { user, dn } = await this.#turnstile.pass(() =>
        'name' in by ? this.#lookUp(domainId, reader, by.name) : this.#lookUpAgain(domainId, reader, by.user.id),
      );
      const isPassword = (password: string) =>
        this.#forAnybody(domainId, () => this.#turnstile.pass(() => reader.server.isPassword(dn, password)));
      return { user, isPassword };
    });
  }

  /** For sign-in in other ways: what the server says of the user now holds from here on. */
  async refreshForSignIn(userId: string): Promise<void> {
    const user = await this.#parts.directory.findUser({ id: userId });
    if (user) await this.findAccount(user.domain_id, { user });
  }

  /** For reads: users and groups of the domain are as they were half a minute ago at most. */
  async refreshDomain(domainId: string): Promise<void> {
    const state = await this.look(domainId);
    if (state?.failure) throw state.failure;
  }

  /** The same for one user. */
  async refreshUser(userId: string): Promise<void> {
    const user = (await this.#localIdOf(userId)) && (await this.#parts.directory.findUser({ id: userId }));
    const reader = user && (await this.#readerOf(user.domain_id));
    if (!reader || this.#isYoung(user.domain_id)) return;
    await this.#lookUpAgain(user.domain_id, reader, userId);
  }

  /** The same for the user of a name; one that is not known yet is always asked for. */
  async refreshNamed(domainId: string, name: string): Promise<void> {
    const reader = await this.#readerOf(domainId);
    if (!reader) return;
    const known = this.#isYoung(domainId) && (await this.#parts.directory.findUser({ name, domainId }));
    if (!known) await this.#lookUp(domainId, reader, name);
  }

  /** The same for all domains; those whose server does not answer stay as they are. */
  async refreshAll(): Promise<void> {
    await Promise.all((await this.#parts.configs.domainsElsewhere()).map((id) => this.look(id)));
  }

  /**
   * Reads every server, now and then, so that who is gone there does not stay signed in here; people of domains that have
   * none any more cannot sign in.
   */
  async readAll(): Promise<void> {
    const domainIds = await this.#parts.configs.domainsElsewhere();
    for (const id of domainIds) await this.#read(id);
    const mirrored = await this.#parts.database.query
      .selectFrom('identity_id_mapping')
      .select('domain_id')
      .distinct()
      .execute();
    for (const { domain_id } of mirrored) {
      if (!domainIds.includes(domain_id)) await this.#mirror.replaceAll(domain_id, NOBODY);
    }
  }

  /** How the last look went, or that of now where it is too long ago; undefined where there is no server to look at. */
  async look(domainId: string): Promise<LdapState | undefined> {
    if (!(await this.#parts.configs.livesElsewhere(domainId))) return undefined;
    const state = this.#states.get(domainId);
    const believed = state?.failure ? FAILED_MS : BELIEVED_MS;
    return state && this.#parts.now() - state.at < believed ? state : await this.#read(domainId);
  }

  /** What there would be with these options; nothing is kept. */
  async tryOut(options: LdapOptions): Promise<LdapPeople> {
    return await new LdapReader(options).readAll();
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.server.close();
  }

  /** By name: nobody's groups are looked for, too, where there is nobody, so that it takes as long. */
  async #lookUp(
    domainId: string,
    reader: LdapReader,
    name: string,
  ): Promise<{ user: UserRecord | undefined; dn: string }> {
    const known = await this.#parts.directory.findUser({ name, domainId });
    const all = (await reader.findUsers({ name })).toSorted((a, b) => (a.localId < b.localId ? -1 : 1));
    const found =
      all.find(({ localId }) => publicId(domainId, 'user', localId) === known?.id) ??
      all.find((user) => user.name === name) ??
      all[0];
    if (found) return { user: await this.#put(domainId, reader, found), dn: found.dn };
    // Who had the name may have another one now.
    if (known) await this.#lookUpAgain(domainId, reader, known.id);
    const nobody = reader.nobody();
    if (!known) await reader.groupsOf(nobody);
    return { user: undefined, dn: nobody.dn };
  }

  async #lookUpAgain(
    domainId: string,
    reader: LdapReader,
    userId: string,
  ): Promise<{ user: UserRecord | undefined; dn: string }> {
    const localId = await this.#localIdOf(userId);
    const [found] = localId === undefined ? [] : await reader.findUsers({ localId });
    if (found && found.localId === localId) return { user: await this.#put(domainId, reader, found), dn: found.dn };
    if (localId !== undefined) await this.#mirror.markMissing(domainId, userId);
    return { user: undefined, dn: reader.nobody().dn };
  }

  async #put(domainId: string, reader: LdapReader, found: LdapUser): Promise<UserRecord | undefined> {
    const groups = await reader.groupsOf(found);
    const put = () => this.#mirror.putUser(domainId, found, groups);
    let id: string | undefined;
    try {
      id = await put();
    } catch (error) {
      if (!(error instanceof NameIsMoving)) throw error;
      const { failure } = await this.#read(domainId);
      if (failure) throw failure;
      id = publicId(domainId, 'user', found.localId);
    }
    const user = id === undefined ? undefined : await this.#parts.directory.findUser({ id });
    return user?.name === found.name ? user : undefined;
  }

  /** One reading at a time; whoever comes meanwhile gets the same. */
  async #read(domainId: string): Promise<LdapState> {
    const running = this.#reading.get(domainId);
    if (running) return await running;
    const reading = this.#readNow(domainId).finally(() => this.#reading.delete(domainId));
    this.#reading.set(domainId, reading);
    return await reading;
  }

  async #readNow(domainId: string): Promise<LdapState> {
    try {
      const reader = await this.#readerOf(domainId);
      const revision = this.#mirror.revisionOf(domainId);
      const people = (await reader?.readAll()) ?? NOBODY;
      const isOfNow = reader === (await this.#readerOf(domainId));
      const passedOver = isOfNow ? await this.#mirror.replaceAll(domainId, people, revision) : undefined;
      // Another configuration meanwhile, or somebody new has signed in.
      if (!passedOver) return await this.#readNow(domainId);
      const at = this.#parts.now();
      const counts = { at, users: people.users.length, groups: people.groups.length, passedOver };
      return this.#note(domainId, { at, people: counts, failure: null });
    } catch (error) {
      return this.#fail(domainId, error);
    }
  }

  #fail(domainId: string, error: unknown): LdapState {
    if (!(error instanceof OperationalError)) throw error;
    this.#parts.log.warn({ domainId, err: error }, 'the LDAP server of a domain could not be read');
    return this.#note(domainId, {
      at: this.#parts.now(),
      people: this.#states.get(domainId)?.people ?? null,
      failure: error,
    });
  }

  #note(domainId: string, state: LdapState): LdapState {
    this.#states.set(domainId, state);
    return state;
  }

  #isYoung(domainId: string): boolean {
    const state = this.#states.get(domainId);
    return state !== undefined && state.failure === null && this.#parts.now() - state.at < BELIEVED_MS;
  }

  async #forAnybody<T>(domainId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#fail(domainId, error);
      throw new OperationalError('unavailable', 'controller', 'The accounts of this domain cannot be checked now.', {
        hint: 'Its LDAP server does not answer as it should. Try again in a minute; the panel of the domain tells administrators why.',
        cause: error,
      });
    }
  }

  async #readerOf(domainId: string): Promise<LdapReader | undefined> {
    const ready = this.#readers.get(domainId);
    if (ready) return ready;
    const options = await this.#parts.configs.ldapOptions(domainId);
    if (!options) return undefined;
    const reader = new LdapReader(options);
    this.#readers.set(domainId, reader);
    return reader;
  }

  /** Without a server the domain's people cannot sign in any more; what they have waits for its return. */
  async #reconfigured(domainId: string): Promise<void> {
    this.#readers.get(domainId)?.server.close();
    this.#readers.delete(domainId);
    this.#states.delete(domainId);
    if (!(await this.#parts.configs.livesElsewhere(domainId))) await this.#mirror.replaceAll(domainId, NOBODY);
  }

  /** Of users that come from an LDAP server. */
  async #localIdOf(userId: string): Promise<string | undefined> {
    const row = await this.#parts.database.query
      .selectFrom('identity_id_mapping')
      .select('local_id')
      .where('public_id', '=', userId)
      .executeTakeFirst();
    return row?.local_id;
  }
}
