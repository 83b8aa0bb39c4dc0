import type { Context } from '../../contract/context.ts';
import type { ResourceParts } from '../../resource/resource.ts';
import type { DirectoryRepository } from '../directory/directory.repository.ts';
import { alreadyStored, expecting, notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { newIdentityId } from '../identity-id.ts';
import { KeystoneResource, type Sent } from '../keystone.resource.ts';
import { type CredentialRecord, credentials } from './credential.tables.ts';
import { encrypted } from './credential-cipher.ts';
import { assertBinding, type Ec2Keys, ec2CredentialId, isBound, parseEc2Keys } from './ec2-keys.ts';

type Parts = ResourceParts & Pick<IdentityParts, 'directory' | 'tokens' | 'cipher' | 'now'>;

const BY_AGE = { sort: [{ attribute: 'created_at', direction: 'asc' }] } as const;

/**
 * Secrets of users: EC2 keys, TOTP secrets, certificates and others (API reference, "Credentials"). Tokens they were
 * signed for with end with each change: the secret may be another one.
 */
export class Credentials extends KeystoneResource<CredentialRecord> {
  readonly #directory: DirectoryRepository;
  readonly #now: () => number;

  constructor({ directory, tokens, cipher, now, ...parts }: Parts) {
    super(
      {
        table: encrypted(credentials, 'blob', cipher),
        thing: 'credential',
        defaults: { user_id: '', project_id: null, type: '', blob: '' },
        extra: { known: [] },
        filters: ['user_id', 'type'],
        unique: [{ attributes: ['id'], taken: alreadyThere }],
        refine,
        check: async (trx, { user_id, project_id }) => {
          if (!(await directory.findUser({ id: user_id }, trx))) throw notFound('user', user_id);
          if (project_id !== null && !(await directory.findProject({ id: project_id }, trx))) {
            throw notFound('project', project_id);
          }
        },
        written: async (trx, { id }, stored) => {
          if (stored) await tokens.endOfCredential(trx, id);
        },
        deleting: (trx, { id }) => tokens.endOfCredential(trx, id),
      },
      parts,
    );
    this.#directory = directory;
    this.#now = now;
  }

  /** The oldest first. */
  override async seek(query: Sent): Promise<CredentialRecord[]> {
    return await super.seek(query, BY_AGE);
  }

  /** The id of EC2 keys follows from their access key. */
  override async make(context: Context, sent: Sent): Promise<CredentialRecord> {
    const id = isEc2(sent.type) ? ec2CredentialId(parseEc2Keys(sent.blob).access) : newIdentityId();
    return await super.make(context, sent, id, { created_at: new Date(this.#now()).toISOString() });
  }

  /** Keys made for the user, on one project. */
  async makeKeys(context: Context, userId: string, projectId: string): Promise<CredentialRecord> {
    const blob = JSON.stringify({ access: newIdentityId(), secret: newIdentityId() });
    return await this.make(context, { user_id: userId, project_id: projectId, type: 'ec2', blob });
  }

  async keysOf(userId: string): Promise<CredentialRecord[]> {
    if (!(await this.#directory.findUser({ id: userId }))) throw notFound('user', userId);
    return await this.seek({ user_id: userId, type: 'ec2' });
  }
}

function isEc2(type: unknown): boolean {
  return String(type).toLowerCase() === 'ec2';
}

/** What keys are bound to stays; by way of another type they could come back bound to something else. */
function refine(sent: Sent, stored: CredentialRecord | undefined): Sent {
  const { type, project_id, blob }: Sent = { ...stored, ...sent };
  if (isEc2(type) && !project_id) throw expecting('project_id', 'credential');
  const bound: Partial<Ec2Keys> = stored && isEc2(stored.type) ? parseEc2Keys(stored.blob) : {};
  if (isEc2(type) || isBound(bound)) assertBinding(parseEc2Keys(blob), bound);
  return sent;
}

function alreadyThere({ id }: CredentialRecord) {
  return alreadyStored('credential', `Duplicate entry found with ID ${id}`);
}
