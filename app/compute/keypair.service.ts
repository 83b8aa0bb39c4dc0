import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { EventName } from '../contract/events.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { EventService } from '../events/event.service.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import type { KeypairRepository } from './keypair.repository.ts';
import type { KeypairRecord } from './keypair.tables.ts';
import { generateSshKeypair, parsePublicKey } from './ssh-key.ts';
import { parseCertificate } from './x509-key.ts';

/** Keys belong to users. Administrators may look after those of others, which microversion 2.10 brought. */
export class KeypairService {
  readonly #database: Database;
  readonly #repository: KeypairRepository;
  readonly #events: EventService;
  readonly #quota: QuotaService;

  constructor(parts: {
    database: Database;
    repository: KeypairRepository;
    events: EventService;
    quota: QuotaService;
  }) {
    this.#database = parts.database;
    this.#repository = parts.repository;
    this.#events = parts.events;
    this.#quota = parts.quota;
    parts.quota.register(['key_pairs'], async (query, { userId }) => ({
      key_pairs: userId === null ? 0 : await parts.repository.count(query, userId),
    }));
  }

  async list(context: Context, userId?: string): Promise<KeypairRecord[]> {
    return await this.#repository.list(ownerOf(context, userId));
  }

  async get(context: Context, name: string, userId?: string): Promise<KeypairRecord> {
    const owner = ownerOf(context, userId);
    return (await this.#repository.find(owner, name)) ?? notFound(name, owner);
  }

  /** Imports `publicKey`, or makes a new key whose private half is in the answer and nowhere else. */
  async create(
    context: Context,
    request: { name: string; type: 'ssh' | 'x509'; publicKey?: string | undefined; userId?: string | undefined },
  ): Promise<{ keypair: KeypairRecord; privateKey: string | null }> {
    const owner = ownerOf(context, request.userId);
    const { name } = request;
    if (request.type === 'x509' && request.publicKey === undefined) {
      throw new UserError('bad_request', 'Keypairs of the type x509 can only be imported: public_key is missing.', {
        hint: 'Make a certificate yourself, for instance with openssl req -x509, and send it as public_key.',
        field: 'keypair.public_key',
      });
    }
    const made = request.publicKey === undefined ? generateSshKeypair('Generated-by-Cumulet') : null;
    const read = request.type === 'x509' ? parseCertificate : parsePublicKey;
    const { publicKey, fingerprint } = made ?? read(request.publicKey ?? '');
    const keypair: KeypairRecord = {
      userId: owner,
      name,
      type: request.type,
      publicKey,
      fingerprint,
      createdAt: new Date().toISOString(),
    };
    await this.#database.transaction(async (trx) => {
      if (await this.#repository.find(owner, name, trx)) {
        throw new UserError('conflict', `Key pair '${name}' already exists.`, { field: 'keypair.name' });
      }
      await this.#quota.check(trx, { projectId: context.projectId ?? '', userId: owner }, { key_pairs: 1 });
      await this.#repository.insert(trx, keypair);
      await this.#record(trx, context, name, made ? 'keypair.create.end' : 'keypair.import.end');
    });
    return { keypair, privateKey: made?.privateKey ?? null };
  }

  async delete(context: Context, name: string, userId?: string): Promise<void> {
    const owner = ownerOf(context, userId);
    await this.#database.transaction(async (trx) => {
      if (!(await this.#repository.find(owner, name, trx))) notFound(name, owner);
      await this.#repository.delete(trx, owner, name);
      await this.#record(trx, context, name, 'keypair.delete.end');
    });
  }

  async #record(trx: Transaction, context: Context, name: string, type: EventName): Promise<void> {
    await this.#events.record(trx, context, { type, resourceId: name, projectId: context.projectId });
  }
}

/** Whose keys they are; policy has said that they may be another's. */
function ownerOf(context: Context, userId: string | undefined): string {
  return userId ?? context.userId ?? '';
}

function notFound(name: string, owner: string): never {
  throw new UserError('not_found', `Keypair ${name} not found for user ${owner}`);
}
