import type { PortView } from '../../../app/contract/openstack.ts';
import type { NewPort } from '../../api/network.api.ts';

/** In place of a range: the port has a hardware address only. */
export const NO_ADDRESS = 'none';

export const EMPTY_PORT = {
  name: '',
  description: '',
  /** Id of a range, {@link NO_ADDRESS}, or '' for the first that has an address left. */
  subnet: '',
  /** '' for any that is free. */
  address: '',
  mac: '',
};

/** The request for a form as it is filled in. */
export function toNewPort(networkId: string, values: typeof EMPTY_PORT): NewPort {
  const [name, description] = [values.name.trim(), values.description.trim()];
  const [ip_address, mac_address] = [values.address.trim(), values.mac.trim()];
  const wanted = {
    ...(values.subnet !== '' && { subnet_id: values.subnet }),
    ...(ip_address !== '' && { ip_address }),
  };
  return {
    network_id: networkId,
    name,
    description,
    ...(values.subnet === NO_ADDRESS ? { fixed_ips: [] } : Object.keys(wanted).length > 0 && { fixed_ips: [wanted] }),
    ...(mac_address !== '' && { mac_address }),
  };
}

/** The request for a port like one that was: all that it was, but for its id. */
export function againAs(port: PortView): NewPort {
  const { network_id, project_id, name, description, mac_address, fixed_ips, admin_state_up, tags } = port;
  const { device_id, device_owner, allowed_address_pairs, 'binding:host_id': host = '' } = port;
  return {
    ...{ network_id, project_id, name, description, mac_address, fixed_ips, admin_state_up, tags },
    // What is sent needs a right of its own.
    ...(device_id !== '' && { device_id }),
    ...(device_owner !== '' && { device_owner }),
    ...(host !== '' && { 'binding:host_id': host }),
    ...(allowed_address_pairs.length > 0 && { allowed_address_pairs }),
  };
}
