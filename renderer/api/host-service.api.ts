import { call } from './request.ts';

/** What an administrator may say of a host's compute service. A reason only with `disabled`. */
export interface HostServiceChange {
  status?: 'enabled' | 'disabled';
  disabled_reason?: string;
  forced_down?: boolean;
}

/** Nova's administrators know a host by its service. */
export async function changeHostService(host: string, change: HostServiceChange): Promise<void> {
  const query = { host, binary: 'nova-compute' };
  const [service] = (await call('GET /compute/v2.1/os-services', { query })).services;
  const params = { serviceId: String(service?.id ?? host) };
  await call('PUT /compute/v2.1/os-services/:serviceId', { params, body: change });
}
