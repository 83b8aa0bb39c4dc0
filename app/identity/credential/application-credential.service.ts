import { randomBytes } from 'node:crypto';
import type { Context } from '../../contract/context.ts';
import { UserError } from '../../contract/errors.ts';
import type { RecordOf } from '../../database/table.ts';
import { Resource, type ResourceParts } from '../../resource/resource.ts';
import type { RoleRecord } from '../assignment/assignment.tables.ts';
import type { Roles } from '../assignment/role.resource.ts';
import { withImplied } from '../assignment/with-implied.ts';
import { alreadyStored, notAuthenticated, notFound } from '../identity.errors.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { newIdentityId } from '../identity-id.ts';
import { parseExpiry } from '../identity-time.ts';
import type { ResolvedToken } from '../token/token.service.ts';
import type { ApplicationCredentialRepository } from './application-credential.repository.ts';
import type { NewApplicationCredential, RoleReference } from './application-credential.schema.ts';
import {
  type AccessRuleRecord,
  type ApplicationCredentialRecord,
  applicationCredentials,
} from './credential.tables.ts';

/** With the roles as they are called; the secret only where it was just made. */
export type ShownApplicationCredential = ApplicationCredentialRecord & { roles: RoleRecord[]; secret?: string };

interface Parts extends ResourceParts, Pick<IdentityParts, 'tokens' | 'hasher' | 'now'> {
  credentials: ApplicationCredentialRepository;
  roles: Roles;
}

/** Secrets with which programs sign in for their user, on one project and with some of the user's roles. */
export class ApplicationCredentialService {
  readonly #parts: Parts;
  readonly #records: Resource<RecordOf<typeof applicationCredentials>>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#records = new Resource(
      {
        table: applicationCredentials,
        notFound: (id) => notFound('Application Credential', id),
        events: {
          created: 'identity.application_credential.created',
          deleted: 'identity.application_credential.deleted',
        },
        unique: [{ attributes: ['user_id', 'name'], taken: nameTaken }],
        // The database ends its tokens.
        deleting: async (trx) => parts.database.afterCommit(trx, () => parts.tokens.changed()),
      },
      parts,
    );
  }

  async find(id: string): Promise<ApplicationCredentialRecord | undefined> {
    return await this.#parts.credentials.find({ id });
  }

  async list(userId: string, name: string | undefined): Promise<ShownApplicationCredential[]> {
    const records = await this.#parts.credentials.list({ user_id: userId, ...(name !== undefined && { name }) });
    const roles = await this.#parts.roles.findMany([...new Set(records.flatMap(({ roleIds }) => roleIds))]);
    return records.map((record) => ({ ...record, roles: roles.filter(({ id }) => record.roleIds.includes(id)) }));
  }

  async get(id: string): Promise<ShownApplicationCredential> {
    const record = await this.find(id);
    if (!record) throw notFound('Application Credential', id);
    return { ...record, roles: await this.#parts.roles.findMany(record.roleIds) };
  }

  /** For the caller's own user and the project of their token. The secret is told here and never again. */
  async create(
    context: Context,
    caller: ResolvedToken,
    wanted: NewApplicationCredential,
  ): Promise<ShownApplicationCredential> {
    const { database, credentials, tokens, hasher, now } = this.#parts;
    if (!caller.project) throw new UserError('forbidden', 'This needs a token scoped to a project.');
    const secret = wanted.secret || randomBytes(64).toString('base64url');
    const expires_at = wanted.expires_at ? parseExpiry(wanted.expires_at, 'expires_at', now()) : null;
    const roles = await this.#rolesFor(caller, wanted.roles ?? []);
    const row = {
      id: newIdentityId(),
      user_id: caller.user.id,
      project_id: caller.project.id,
      name: wanted.name,
      description: wanted.description ?? null,
      secret_hash: await hasher.hash(secret),
      expires_at,
      unrestricted: wanted.unrestricted ?? false,
      created_at: new Date(now()).toISOString(),
    };
    const record = await database.transaction(async (trx) => {
      // Hashing takes its time, in which all that the caller's token stands on may have been taken away.
      if (!(await tokens.isStillValid(trx, caller))) throw notAuthenticated();
      const accessRules: AccessRuleRecord[] = [];
      for (const { id, service = '', path = '', method = '' } of wanted.access_rules ?? []) {
        const known = id === undefined ? undefined : await credentials.rules.find(id, trx);
        if (id !== undefined && known?.user_id !== row.user_id) throw notFound('Access Rule', id);
        const rule = { id: newIdentityId(), user_id: row.user_id, service, path, method };
        accessRules.push(known ?? (await credentials.keepRule(trx, rule)));
      }
      const record = { ...row, roleIds: roles.map(({ id }) => id), accessRules };
      await this.#records.add(trx, context, row);
      await credentials.attach(trx, record);
      return record;
    });
    return { ...record, roles, secret };
  }

  async delete(context: Context, id: string): Promise<void> {
    await this.#records.delete(context, id);
  }

  async listRules(is: Partial<AccessRuleRecord>): Promise<AccessRuleRecord[]> {
    return await this.#parts.credentials.rules.list({ is });
  }

  async getRule(userId: string, id: string): Promise<AccessRuleRecord> {
    const rule = await this.#parts.credentials.rules.find(id, undefined, { is: { user_id: userId } });
    if (!rule) throw notFound('Access Rule', id);
    return rule;
  }

  /** 403 while an application credential has it. */
  async deleteRule(userId: string, id: string): Promise<void> {
    const { database, credentials } = this.#parts;
    await this.getRule(userId, id);
    await database.transaction(async (trx) => {
      if (await credentials.isRuleUsed(trx, id)) {
        throw new UserError('forbidden', 'Access rule is in use by an application credential.');
      }
      await credentials.rules.delete(trx, id);
    });
  }

  /** Those asked for with all they imply, or without a wish all that the token has; never more than the token has. */
  async #rolesFor(caller: ResolvedToken, wanted: readonly RoleReference[]): Promise<RoleRecord[]> {
    const own = new Map(caller.roles.map((role) => [role.name, role.id]));
    const asked = wanted.map(({ id, name }) => id ?? own.get(name ?? ''));
    const held = new Set(own.values());
    const ids =
      asked.length === 0
        ? held
        : await withImplied(
            this.#parts.database.query,
            asked.map((id) => id ?? ''),
          );
    if (asked.some((id) => id === undefined || !held.has(id)) || ![...ids].every((id) => held.has(id))) {
      throw new UserError(
        'bad_request',
        'Invalid application credential: Cannot create an application credential with unassigned role',
        { field: 'application_credential.roles' },
      );
    }
    return await this.#parts.roles.findMany([...ids]);
  }
}

function nameTaken({ name }: { name: string }): UserError {
  return alreadyStored('application_credential', `Duplicate entry found with name ${name}`);
}
