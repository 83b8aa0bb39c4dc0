import type { InterfaceAttachment } from '../../app/contract/generated/compute/servers.api.ts';
import { type BodyOf, call } from './request.ts';

export type { InterfaceAttachment };

export async function listInterfaces(serverId: string, signal?: AbortSignal): Promise<InterfaceAttachment[]> {
  const params = { serverId };
  return (await call('GET /compute/v2.1/servers/:serverId/os-interface', { params, signal })).interfaceAttachments;
}

type Wanted = BodyOf<'POST /compute/v2.1/servers/:serverId/os-interface'>['interfaceAttachment'];

/** Answers when the guest has the card, or it is said to wait for the machine's next start. */
export async function attachInterface(serverId: string, interfaceAttachment: Wanted): Promise<void> {
  const options = { params: { serverId }, body: { interfaceAttachment } };
  await call('POST /compute/v2.1/servers/:serverId/os-interface', options);
}

export async function detachInterface(serverId: string, portId: string): Promise<void> {
  await call('DELETE /compute/v2.1/servers/:serverId/os-interface/:portId', { params: { serverId, portId } });
}
