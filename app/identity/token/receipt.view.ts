import type { FastifyReply } from 'fastify';
import { MoreMethodsNeeded } from './receipt.service.ts';

/** What `signIn` answers, or the receipt for what was proven so far where more is asked for. */
export async function orReceipt(reply: FastifyReply, signIn: () => Promise<unknown>): Promise<unknown> {
  try {
    return await signIn();
  } catch (error) {
    if (!(error instanceof MoreMethodsNeeded)) throw error;
    return await reply.code(401).header('openstack-auth-receipt', error.receipt).send(error.body);
  }
}
