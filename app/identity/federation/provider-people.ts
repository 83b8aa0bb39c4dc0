import type { Transaction } from '../../database/database.ts';

/** Of everybody whom the provider vouched for. */
export async function endTokensOf(trx: Transaction, idpId: string): Promise<void> {
  const users = trx.selectFrom('identity_federated_user').select('user_id').where('idp_id', '=', idpId);
  await trx.deleteFrom('identity_token').where('federation', 'is not', null).where('user_id', 'in', users).execute();
}

/** Before the provider goes, or one of its protocols: with it go the users that only its people were. */
export async function deletePeopleOf(trx: Transaction, idpId: string, protocolId?: string): Promise<void> {
  await endTokensOf(trx, idpId);
  let made = trx
    .selectFrom('identity_federated_user')
    .select('user_id')
    .where('idp_id', '=', idpId)
    .where('made_user', '=', 1);
  if (protocolId !== undefined) made = made.where('protocol_id', '=', protocolId);
  const orphans = trx
    .selectFrom('identity_user')
    .select('id')
    .where('id', 'in', made)
    .where(({ not, exists, selectFrom }) => {
      const others = selectFrom('identity_federated_user as other')
        .select('other.user_id')
        .whereRef('other.user_id', '=', 'identity_user.id');
      return not(
        exists(
          protocolId === undefined
            ? others.where('other.idp_id', '<>', idpId)
            : others.where((e) => e.or([e('other.idp_id', '<>', idpId), e('other.protocol_id', '<>', protocolId)])),
        ),
      );
    });
  await trx.deleteFrom('identity_token').where('user_id', 'in', orphans).execute();
  await trx.deleteFrom('identity_user').where('id', 'in', orphans).execute();
}
