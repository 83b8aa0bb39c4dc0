import type { Transaction } from '../../database/database.ts';
import type { Attributes } from '../../policy/policy-expression.ts';
import type { Frame } from '../glance.resource.ts';
import { type MetadefService, visibleTo } from './metadef.service.ts';
import type { NamespaceRecord } from './metadef.tables.ts';

export const NAMESPACES = '/v2/metadefs/namespaces';
export const ONE = `${NAMESPACES}/:namespace`;

export interface Parts {
  metadefs: MetadefService;
}

export const nameOf = ({ params }: Frame) => params.namespace as string;

/** What Glance's rules look at. Of a namespace that is not to be seen, nothing: its route answers 404. */
export function targetIn({ metadefs }: Parts) {
  return async (frame: Frame): Promise<Attributes> => {
    const { context, params } = frame;
    const name = params.namespace;
    const namespace =
      name === undefined ? undefined : await metadefs.namespaces.find(name, undefined, visibleTo(context));
    if (!namespace) return { project_id: context.projectId, visibility: 'private' };
    // What is owned by nobody is everybody's.
    return { project_id: namespace.owner ?? context.projectId, visibility: namespace.visibility };
  };
}

export async function namespaceOf({ metadefs }: Parts, frame: Frame, on?: Transaction): Promise<NamespaceRecord> {
  return await metadefs.namespaces.get(nameOf(frame), on, visibleTo(frame.context));
}

/** What the routes of all that is in a namespace have in common. */
export function inNamespace(parts: Parts) {
  return {
    target: targetIn(parts),
    scope: async (frame: Frame, on?: Transaction) => ({
      is: { namespaceId: (await namespaceOf(parts, frame, on)).id },
    }),
    /** The id of the namespace, as it is in the transaction that puts something into it. */
    namespaceId: async (frame: Frame, trx: Transaction) => (await namespaceOf(parts, frame, trx)).id,
  };
}
