import type { ServerStatus, ServerView } from '../../../app/contract/openstack.ts';

const STATES: Record<string, { status: ServerStatus; power: number }> = {
  building: { status: 'BUILD', power: 0 },
  active: { status: 'ACTIVE', power: 1 },
  stopped: { status: 'SHUTOFF', power: 4 },
  paused: { status: 'PAUSED', power: 3 },
  suspended: { status: 'SUSPENDED', power: 7 },
  error: { status: 'ERROR', power: 0 },
};

let made = 0;

/** A machine as compute answers it, in one of its states. */
export function testServer(vmState: string, changes: Partial<ServerView> = {}): ServerView {
  made += 1;
  const { status, power } = STATES[vmState] ?? { status: 'UNKNOWN' as const, power: 0 };
  return {
    id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    name: `web-${made}`,
    description: null,
    status,
    tenant_id: 'p',
    user_id: 'u',
    created: '2026-01-01T00:00:00Z',
    updated: '2026-01-01T00:00:00Z',
    metadata: {},
    hostId: 'h',
    flavor: { original_name: 'm1.nano', vcpus: 1, ram: 128, disk: 1, ephemeral: 0, swap: 0, extra_specs: {} },
    image: { id: 'image', links: [] },
    addresses: {
      default: [
        { addr: '10.0.0.5', version: 4, 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:00:00:01' },
      ],
    },
    accessIPv4: '',
    accessIPv6: '',
    key_name: null,
    config_drive: 'True',
    locked: false,
    tags: [],
    links: [],
    security_groups: [],
    trusted_image_certificates: null,
    locked_reason: null,
    'OS-EXT-SRV-ATTR:hostname': `web-${made}`,
    'OS-EXT-STS:task_state': null,
    'OS-EXT-STS:vm_state': vmState,
    'OS-EXT-STS:power_state': power,
    'OS-EXT-AZ:availability_zone': 'nova',
    'OS-DCF:diskConfig': 'MANUAL',
    'OS-SRV-USG:launched_at': vmState === 'building' ? null : '2026-01-01T00:00:01.000000',
    'OS-SRV-USG:terminated_at': null,
    'os-extended-volumes:volumes_attached': [],
    ...changes,
  };
}
