import type { Attributes } from '../policy/policy-expression.ts';
import type { NetworkOwner, PortRecord, SubnetRecord } from './network.tables.ts';

type Network = NetworkOwner | undefined;

/** What Neutron's rules look at. Of a thing that is not there, or not to be seen, nothing: its route answers 404. */
export function networkTarget(network: Network): Attributes {
  if (!network) return {};
  return { project_id: network.project_id, tenant_id: network.project_id, ...ofNetwork(network) };
}

export function subnetTarget(subnet: Pick<SubnetRecord, 'project_id'> | undefined, network: Network): Attributes {
  if (!subnet) return {};
  return { project_id: subnet.project_id, tenant_id: subnet.project_id, ...ofNetwork(network) };
}

/** Of a port that is, or is to be: of whose project it is, and on whose network. */
export function portTarget(
  port: Pick<PortRecord, 'project_id' | 'device_owner'> | undefined,
  network: Network,
): Attributes {
  if (!port) return {};
  const { project_id, device_owner } = port;
  return { project_id, tenant_id: project_id, device_owner, ...ofNetwork(network) };
}

/** The same target for all of a list that are alike to rules, which are then asked once. */
export function onceEach<R>(make: (record: R) => Attributes): (record: R) => Attributes {
  const made = new Map<string, Attributes>();
  return (record) => {
    const target = make(record);
    const key = Object.values(target).join();
    const known = made.get(key);
    if (!known) made.set(key, target);
    return known ?? target;
  };
}

function ofNetwork(network: Network): Attributes {
  if (!network) return {};
  return { 'network:project_id': network.project_id, shared: network.shared, 'router:external': false };
}
