import { createHash } from 'node:crypto';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { alreadyStored, expecting, notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import type { ResolvedToken, TokenService } from '../token/token.service.ts';
import type { CredentialRecord, CredentialRepository } from './credential.repository.ts';
import type { CredentialChange, NewCredential } from './credential.schema.ts';
import { assertInProject, assertUnrestricted, isDelegated } from './delegation.ts';

/** What the blob of an EC2 credential holds; the ids bind it to what it was made with. */
export interface Ec2Blob {
  access: string;
  secret: string;
  trust_id?: string | null;
  app_cred_id?: string | null;
  access_token_id?: string | null;
}

/** Keystone's rule: the id of an EC2 credential follows from its access key. */
export function ec2CredentialId(access: string): string {
  return createHash('sha256').update(access).digest('hex');
}

/** Secrets of users: EC2 keys, TOTP secrets, certificates and others (API reference, "Credentials"). */
export class CredentialService {
  readonly #database: Database;
  readonly #credentials: CredentialRepository;
  readonly #directory: DirectoryRepository;
  readonly #tokens: TokenService;
  readonly #events: EventService;
  readonly #now: () => number;

  constructor(parts: {
    database: Database;
    credentials: CredentialRepository;
    directory: DirectoryRepository;
    tokens: TokenService;
    events: EventService;
    now: () => number;
  }) {
    this.#database = parts.database;
    this.#credentials = parts.credentials;
    this.#directory = parts.directory;
    this.#tokens = parts.tokens;
    this.#events = parts.events;
    this.#now = parts.now;
  }

  async find(id: string): Promise<CredentialRecord | undefined> {
    return await this.#credentials.find(id);
  }

  async assertUser(id: string): Promise<void> {
    if (!(await this.#directory.findUser({ id }))) throw notFound('user', id);
  }

  /** A token that was delegated sees those of its own project only. */
  async list(
    caller: ResolvedToken,
    filter: { user_id?: string | undefined; type?: string | undefined },
  ): Promise<CredentialRecord[]> {
    const found = await this.#credentials.list(filter);
    return isDelegated(caller) ? found.filter(({ project_id }) => project_id === caller.project?.id) : found;
  }

  async get(caller: ResolvedToken, id: string): Promise<CredentialRecord> {
    const record = await this.#credentials.find(id);
    if (!record) throw notFound('credential', id);
    assertInProject(caller, record.project_id);
    return record;
  }

  async create(context: Context, caller: ResolvedToken, wanted: NewCredential): Promise<CredentialRecord> {
    const { id: _, user_id, type, project_id = null, blob, ...extra } = wanted;
    const isEc2 = type.toLowerCase() === 'ec2';
    if (isEc2) assertUnrestricted(caller, 'credentials');
    assertInProject(caller, project_id);
    if (isEc2 && !project_id) throw expecting('project_id', 'credential');
    const keys = isEc2 ? parseEc2Blob(blob) : undefined;
    const bound = keys && isDelegated(caller) ? { ...keys, ...bindingOf(caller) } : undefined;
    const record = {
      id: keys ? ec2CredentialId(keys.access) : newIdentityId(),
      user_id,
      project_id,
      type,
      blob: bound ? JSON.stringify(bound) : blob,
      extra,
      created_at: new Date(this.#now()).toISOString(),
    };
    await this.#insert(context, record);
    return record;
  }

  /** Keys made for the user, on one project. */
  async createEc2(
    context: Context,
    caller: ResolvedToken,
    userId: string,
    projectId: string,
  ): Promise<CredentialRecord> {
    assertUnrestricted(caller, 'application credentials');
    assertInProject(caller, projectId);
    const blob = { access: newIdentityId(), secret: newIdentityId(), ...bindingOf(caller) };
    const record = {
      id: ec2CredentialId(blob.access),
      user_id: userId,
      project_id: projectId,
      type: 'ec2',
      blob: JSON.stringify(blob),
      extra: {},
      created_at: new Date(this.#now()).toISOString(),
    };
    await this.#insert(context, record);
    return record;
  }

  /** What it is bound to cannot be changed. Tokens it was signed for with end, as its secret may be another one. */
  async update(
    context: Context,
    caller: ResolvedToken,
    id: string,
    change: CredentialChange,
    assertMayBecome: (changed: CredentialRecord) => void,
  ): Promise<CredentialRecord> {
    const current = await this.get(caller, id);
    const { id: newId, user_id, type, project_id, blob, ...extra } = change;
    if (newId !== undefined && newId !== id) {
      throw new UserError('bad_request', 'The id of a credential cannot be changed.', { field: 'credential.id' });
    }
    const changed: CredentialRecord = {
      ...current,
      ...(user_id !== undefined && { user_id }),
      ...(type !== undefined && { type }),
      ...(project_id !== undefined && { project_id }),
      ...(blob !== undefined && { blob }),
      extra: { ...current.extra, ...extra },
    };
    if (changed.type.toLowerCase() === 'ec2' && !changed.project_id) throw expecting('project_id', 'credential');
    if (current.type.toLowerCase() === 'ec2') assertSameBinding(parseEc2Blob(current.blob), parseEc2Blob(changed.blob));
    assertInProject(caller, changed.project_id);
    assertMayBecome(changed);
    await this.#database.transaction(async (trx) => {
      await this.#assertOwners(trx, changed);
      await this.#credentials.update(trx, changed);
      await this.#tokens.endOfCredential(trx, id);
      await this.#record(trx, context, 'updated', id);
    });
    return changed;
  }

  /** And with it the tokens it was signed for with. */
  async delete(context: Context, caller: ResolvedToken, id: string): Promise<void> {
    await this.get(caller, id);
    await this.#database.transaction(async (trx) => {
      await this.#tokens.endOfCredential(trx, id);
      await this.#credentials.delete(trx, id);
      await this.#record(trx, context, 'deleted', id);
    });
  }

  async #insert(context: Context, record: CredentialRecord): Promise<void> {
    await this.#database.transaction(async (trx) => {
      await this.#assertOwners(trx, record);
      if (await this.#credentials.exists(trx, record.id)) {
        throw alreadyStored('credential', `Duplicate entry found with ID ${record.id}`);
      }
      await this.#credentials.insert(trx, record);
      await this.#record(trx, context, 'created', record.id);
    });
  }

  async #assertOwners(trx: Transaction, { user_id, project_id }: CredentialRecord): Promise<void> {
    if (!(await this.#directory.findUser({ id: user_id }, trx))) throw notFound('user', user_id);
    if (project_id !== null && !(await this.#directory.findProject({ id: project_id }, trx))) {
      throw notFound('project', project_id);
    }
  }

  async #record(trx: Transaction, context: Context, what: string, id: string): Promise<void> {
    await this.#events.record(trx, context, {
      type: `identity.credential.${what}`,
      resource: { type: 'credential', id },
      projectId: null,
    });
  }
}

export function parseEc2Blob(text: string): Ec2Blob {
  let blob: unknown;
  try {
    blob = JSON.parse(text);
  } catch {
    throw new UserError('bad_request', 'Invalid blob in credential', { field: 'credential.blob' });
  }
  if (blob === null || typeof blob !== 'object' || Array.isArray(blob)) throw expecting('blob', 'credential');
  if (!('access' in blob) || typeof blob.access !== 'string') throw expecting('access', 'credential');
  return { secret: '', ...blob } as Ec2Blob;
}

/** Keys made with a delegated token sign in for no more than it. */
function bindingOf({ trust, applicationCredential, accessToken }: ResolvedToken) {
  return {
    ...(trust && { trust_id: trust.id }),
    ...(applicationCredential && { app_cred_id: applicationCredential.id }),
    ...(accessToken && { access_token_id: accessToken.id }),
  };
}

function assertSameBinding(before: Ec2Blob, after: Ec2Blob): void {
  for (const key of ['trust_id', 'app_cred_id', 'access_token_id'] as const) {
    if ((before[key] ?? null) === (after[key] ?? null)) continue;
    throw new UserError('bad_request', `${key} can not be updated for credential`, { field: 'credential.blob' });
  }
}
