import { UserError } from '../../contract/errors.ts';
import type { Queryable, Transaction } from '../../database/database.ts';
import type { DomainConfigService } from '../domain-config/domain-config.service.ts';

/** Refuses to change what lives in an LDAP server, as Keystone does. */
export class LdapWriteRules {
  readonly #configs: DomainConfigService;

  constructor(configs: DomainConfigService) {
    this.#configs = configs;
  }

  async assertMayCreate(domainId: string): Promise<void> {
    if (await this.#configs.livesElsewhere(domainId)) throw readOnly();
  }

  async assertMayChange(query: Queryable, id: string): Promise<void> {
    if (await find(query, id)) throw readOnly();
  }

  /** Who is gone from the server may be deleted here, too. */
  async assertMayDelete(trx: Transaction, id: string): Promise<void> {
    const found = await find(trx, id);
    if (found && found.missing_since === null) throw readOnly();
    if (found) await trx.deleteFrom('identity_id_mapping').where('public_id', '=', id).execute();
  }

  /** As Keystone: members of a group live where the group does. */
  async assertMayMove(query: Queryable, groupId: string, userId: string): Promise<void> {
    const [group, user] = [await find(query, groupId), await find(query, userId)];
    if (group && user) throw readOnly();
    if (!group && !user) return;
    throw new UserError(
      'forbidden',
      `Group membership across backend boundaries is not allowed. Group in question is ${groupId}, user is ${userId}.`,
    );
  }
}

async function find(query: Queryable, id: string): Promise<{ missing_since: string | null } | undefined> {
  return await query
    .selectFrom('identity_id_mapping')
    .select('missing_since')
    .where('public_id', '=', id)
    .executeTakeFirst();
}

export function readOnly(): UserError {
  return new UserError('forbidden', 'LDAP does not support write operations', {
    hint: 'Change it in the LDAP server of the domain.',
  });
}
