import type { MachinePort } from '../contract/machine.ts';
import { networkData } from './network-data.ts';

/** What a guest is told of itself. */
export interface GuestFacts {
  serverId: string;
  /** Display name. */
  name: string;
  hostname: string;
  projectId: string;
  availabilityZone: string;
  launchIndex: number;
  flavorName: string;
  metadata: Record<string, string>;
  key: { name: string; publicKey: string } | null;
  /** Base64, as it was sent. */
  userData: string | null;
  adminPass: string | null;
  ports: readonly MachinePort[];
  /** 512 random bytes, base64: seeds the guest's random number generator (from 2013-04-04). */
  randomSeed: string;
}

/** Dates of the formats written besides `latest`; cloud-init takes the newest it knows. */
const VERSIONS = ['2012-08-10', '2018-08-27', 'latest'] as const;

/** First version with a thing, as Nova has it. */
const SINCE = {
  vendorData: '2013-10-17',
  randomSeed: '2013-04-04',
  networkData: '2015-10-15',
  projectId: '2015-10-15',
  devices: '2016-06-30',
  vendorData2: '2016-10-06',
  dedicatedCpus: '2020-10-14',
};

/**
 * The files of the config drive by path, base64: `openstack/<version>/...` and `ec2/latest/meta-data.json` in Nova's
 * layout. Pure: the same facts give the same files.
 */
export function configDriveFiles(facts: GuestFacts): Record<string, string> {
  const files: Record<string, string> = {};
  const put = (path: string, content: unknown) => {
    files[path] = Buffer.from(JSON.stringify(content)).toString('base64');
  };
  for (const version of VERSIONS) {
    const folder = `openstack/${version}`;
    put(`${folder}/meta_data.json`, metaData(facts, version));
    if (facts.userData !== null) files[`${folder}/user_data`] = facts.userData;
    if (version >= SINCE.vendorData) put(`${folder}/vendor_data.json`, {});
    if (version >= SINCE.networkData) put(`${folder}/network_data.json`, networkData(facts.ports));
    if (version >= SINCE.vendorData2) put(`${folder}/vendor_data2.json`, { static: {} });
  }
  put('ec2/latest/meta-data.json', ec2MetaData(facts));
  if (facts.userData !== null) files['ec2/latest/user-data'] = facts.userData;
  return files;
}

/** Keys of the type x509 are certificates. */
function keyType(publicKey: string): 'ssh' | 'x509' {
  return publicKey.startsWith('-----BEGIN CERTIFICATE-----') ? 'x509' : 'ssh';
}

/** `meta_data.json` of one version; `latest` is greater than every date. */
function metaData(facts: GuestFacts, version: string): Record<string, unknown> {
  const { key } = facts;
  const has = (since: string) => version >= since;
  return {
    uuid: facts.serverId,
    ...(Object.keys(facts.metadata).length > 0 && { meta: facts.metadata }),
    ...(facts.adminPass !== null && { admin_pass: facts.adminPass }),
    ...(key !== null && {
      public_keys: { [key.name]: key.publicKey },
      keys: [{ name: key.name, type: keyType(key.publicKey), data: key.publicKey }],
    }),
    hostname: facts.hostname,
    name: facts.name,
    launch_index: facts.launchIndex,
    availability_zone: facts.availabilityZone,
    ...(has(SINCE.randomSeed) && { random_seed: facts.randomSeed }),
    ...(has(SINCE.projectId) && { project_id: facts.projectId }),
    ...(has(SINCE.devices) && { devices: [] }),
    ...(has(SINCE.dedicatedCpus) && { dedicated_cpus: [] }),
  };
}

function ec2MetaData(facts: GuestFacts): Record<string, unknown> {
  const short = facts.serverId.slice(0, 8);
  const address = facts.ports[0]?.fixedIps[0]?.ipAddress ?? null;
  return {
    'ami-id': `ami-${short}`,
    'ami-launch-index': facts.launchIndex,
    'ami-manifest-path': 'FIXME',
    'block-device-mapping': { ami: 'vda', root: '/dev/vda' },
    hostname: facts.hostname,
    'instance-action': 'none',
    'instance-id': `i-${short}`,
    'instance-type': facts.flavorName,
    'local-hostname': facts.hostname,
    'local-ipv4': address,
    placement: { 'availability-zone': facts.availabilityZone },
    'public-hostname': facts.hostname,
    'public-ipv4': '',
    ...(facts.key !== null && {
      'public-keys': { '0': { _name: `0=${facts.key.name}`, 'openssh-key': facts.key.publicKey } },
    }),
    'reservation-id': `r-${short}`,
    'security-groups': ['default'],
  };
}
