import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { ipField } from '../request-field.schema.ts';
import type { ServerRecord } from '../server.tables.ts';
import { tellPorts } from '../server-cards.ts';
import { type ChangeRequest, changeVerb } from './verb.ts';

/** The last microversion that has these. */
const UNTIL = 43;

/** An address more on a card that the server has in a network. Guests take it from their metadata, or are told by people. */
export const addFixedIp = changeVerb({
  name: 'add_fixed_ip',
  action: 'addFixedIp',
  until: UNTIL,
  rule: 'os_compute_api:os-multinic:add',
  who: MEMBER,
  value: z.strictObject({ networkId: z.union([z.string().min(1).max(36), z.number().transform(String)]) }),
  change: async (server, { networkId }, request) => {
    const { parts, trx } = request;
    const at = 'addFixedIp.networkId';
    if (!(await parts.networks.cards.addAddress(trx, server.id, networkId, at))) {
      const message = `Network could not be found for instance ${server.id}.`;
      throw new UserError('bad_request', message, { field: at, hint: 'Name a network that it has a card in.' });
    }
    return await addressesChanged(server, request, 'create_ip.end');
  },
});

/** The address is free again. */
export const removeFixedIp = changeVerb({
  name: 'remove_fixed_ip',
  action: 'removeFixedIp',
  until: UNTIL,
  rule: 'os_compute_api:os-multinic:remove',
  who: MEMBER,
  value: z.strictObject({ address: ipField }),
  change: async (server, { address }, request) => {
    const { parts, trx } = request;
    const at = 'removeFixedIp.address';
    if (!(await parts.networks.cards.removeAddress(trx, server.id, address, at))) {
      const message = `Instance ${server.id} does not have fixed IP '${address}'.`;
      throw new UserError('bad_request', message, { field: at });
    }
    return await addressesChanged(server, request, 'delete_ip.end');
  },
});

/** Its host has the ports as they are now for its next start. */
async function addressesChanged(
  server: ServerRecord,
  { parts, trx, context }: ChangeRequest,
  news: 'create_ip.end' | 'delete_ip.end',
) {
  await tellPorts(parts.tasks, trx, context, server);
  return { changes: {}, news };
}
