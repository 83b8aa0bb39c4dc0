import { expect, it } from 'vitest';
import type { PortView } from '../../../app/contract/openstack.ts';
import { againAs, EMPTY_PORT, NO_ADDRESS, toNewPort } from './port-form.ts';

it('asks for no more than what was chosen', () => {
  const asked = (values: Partial<typeof EMPTY_PORT>) => toNewPort('n', { ...EMPTY_PORT, ...values });
  const bare = { network_id: 'n', name: '', description: '' };
  expect(asked({})).toEqual(bare);
  expect(asked({ name: ' printer ', description: ' upstairs ' })).toEqual({
    ...bare,
    name: 'printer',
    description: 'upstairs',
  });
  expect(asked({ subnet: 's' })).toEqual({ ...bare, fixed_ips: [{ subnet_id: 's' }] });
  expect(asked({ address: ' 10.0.0.9 ' })).toEqual({ ...bare, fixed_ips: [{ ip_address: '10.0.0.9' }] });
  expect(asked({ subnet: 's', address: '10.0.0.9', mac: 'fa:16:3e:00:00:01' })).toEqual({
    ...bare,
    fixed_ips: [{ subnet_id: 's', ip_address: '10.0.0.9' }],
    mac_address: 'fa:16:3e:00:00:01',
  });
  // What was typed before the address was given up.
  expect(asked({ subnet: NO_ADDRESS, address: '10.0.0.9' })).toEqual({ ...bare, fixed_ips: [] });
});

it('makes a port again with all it had, and asks for no right that it does not need', () => {
  const port = {
    network_id: 'n',
    project_id: 'p',
    name: 'printer',
    description: '',
    mac_address: 'fa:16:3e:00:00:01',
    fixed_ips: [{ subnet_id: 's', ip_address: '10.0.0.9' }],
    admin_state_up: true,
    tags: ['upstairs'],
  };
  const gone = { ...port, id: 'x', device_id: '', device_owner: '', allowed_address_pairs: [] as object[] };
  expect(againAs(gone as unknown as PortView)).toEqual(port);
  const rich = {
    device_id: 'd',
    device_owner: 'network:dhcp',
    'binding:host_id': 'compute-1',
    allowed_address_pairs: [{ ip_address: '10.0.0.10' }],
  };
  expect(againAs({ ...gone, ...rich } as unknown as PortView)).toEqual({ ...port, ...rich });
});
