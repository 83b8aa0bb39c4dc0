import { createHash } from 'node:crypto';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { IdentityChange } from '../../contract/events.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { EventService } from '../../events/event.service.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { alreadyStored, expecting, notFound } from '../identity.errors.ts';
import { newIdentityId } from '../identity-id.ts';
import type { TokenService } from '../token/token.service.ts';
import type { CredentialRepository } from './credential.repository.ts';
import type { CredentialChange, NewCredential } from './credential.schema.ts';
import type { CredentialRecord } from './credential.tables.ts';

/**
 * What the blob of an EC2 credential holds; the ids bind it to the delegation it was made with. Delegated tokens make
 * none any more, so there are such of earlier versions only, and nobody can set or change an id.
 */
export interface Ec2Blob {
  access: string;
  secret: string;
  trust_id?: string | null;
  app_cred_id?: string | null;
  access_token_id?: string | null;
}
const BINDING = ['trust_id', 'app_cred_id', 'access_token_id'] as const;

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

  async list(filter: { user_id?: string | undefined; type?: string | undefined }): Promise<CredentialRecord[]> {
    return await this.#credentials.list(filter);
  }

  async get(id: string): Promise<CredentialRecord> {
    const record = await this.#credentials.find(id);
    if (!record) throw notFound('credential', id);
    return record;
  }

  async create(context: Context, wanted: NewCredential): Promise<CredentialRecord> {
    const { id: _, user_id, type, project_id = null, blob, ...extra } = wanted;
    const keys = isEc2(type) ? parseEc2Blob(blob) : undefined;
    if (keys && !project_id) throw expecting('project_id', 'credential');
    if (keys) assertBinding(keys, {});
    const record = {
      id: keys ? ec2CredentialId(keys.access) : newIdentityId(),
      user_id,
      project_id,
      type,
      blob,
      extra,
      created_at: new Date(this.#now()).toISOString(),
    };
    await this.#insert(context, record);
    return record;
  }

  /** Keys made for the user, on one project. */
  async createEc2(context: Context, userId: string, projectId: string): Promise<CredentialRecord> {
    const blob = { access: newIdentityId(), secret: newIdentityId() };
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
    id: string,
    change: CredentialChange,
    assertMayBecome: (changed: CredentialRecord) => void,
  ): Promise<CredentialRecord> {
    return await this.#database.transaction(async (trx) => {
      const record = await this.#credentials.update(trx, id, async (stored) => {
        const next = changed(stored, change);
        assertMayBecome(next);
        await this.#assertOwners(trx, next);
        return next;
      });
      if (!record) throw notFound('credential', id);
      await this.#tokens.endOfCredential(trx, id);
      await this.#record(trx, context, 'updated', id);
      return record;
    });
  }

  /** And with it the tokens it was signed for with. */
  async delete(context: Context, id: string): Promise<void> {
    await this.get(id);
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

  async #record(trx: Transaction, context: Context, what: IdentityChange, id: string): Promise<void> {
    await this.#events.record(trx, context, {
      type: `identity.credential.${what}`,
      resourceId: id,
      projectId: null,
    });
  }
}

function changed(stored: CredentialRecord, change: CredentialChange): CredentialRecord {
  const { id: newId, user_id, type, project_id, blob, ...extra } = change;
  if (newId !== undefined && newId !== stored.id) {
    throw new UserError('bad_request', 'The id of a credential cannot be changed.', { field: 'credential.id' });
  }
  const next: CredentialRecord = {
    ...stored,
    ...(user_id !== undefined && { user_id }),
    ...(type !== undefined && { type }),
    ...(project_id !== undefined && { project_id }),
    ...(blob !== undefined && { blob }),
    extra: { ...stored.extra, ...extra },
  };
  if (isEc2(next.type) && !next.project_id) throw expecting('project_id', 'credential');
  const bound: Partial<Ec2Blob> = isEc2(stored.type) ? parseEc2Blob(stored.blob) : {};
  // By way of another type it could come back bound to something else.
  if (isEc2(next.type) || BINDING.some((key) => bound[key])) assertBinding(parseEc2Blob(next.blob), bound);
  return next;
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

function isEc2(type: string): boolean {
  return type.toLowerCase() === 'ec2';
}

function assertBinding(keys: Ec2Blob, bound: Partial<Ec2Blob>): void {
  for (const key of BINDING) {
    if ((keys[key] ?? null) === (bound[key] ?? null)) continue;
    throw new UserError('bad_request', `${key} cannot be set or updated for a credential: the cloud sets it.`, {
      field: 'credential.blob',
    });
  }
}
