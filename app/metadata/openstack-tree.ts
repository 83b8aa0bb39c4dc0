import type { GuestFacts, VendorSource } from './guest-facts.ts';
import { networkData } from './network-data.ts';

/** Nova's versions of the tree `/openstack`, oldest first; `latest` is the last. */
export const OPENSTACK_VERSIONS = [
  '2012-08-10',
  '2013-04-04',
  '2013-10-17',
  '2015-10-15',
  '2016-06-30',
  '2016-10-06',
  '2017-02-22',
  '2018-08-27',
  '2020-10-14',
] as const;

/** First version with a thing, as Nova has it. */
const SINCE = {
  password: '2013-04-04',
  randomSeed: '2013-04-04',
  vendorData: '2013-10-17',
  networkData: '2015-10-15',
  projectId: '2015-10-15',
  devices: '2016-06-30',
  vendorData2: '2016-10-06',
  trusted: '2018-08-27',
  dedicatedCpus: '2020-10-14',
};

/** Not a file of the tree: read and written by its own rules. */
export const PASSWORD = 'password';

/** What a file of the tree has: bytes as they are, anything else is JSON. */
export type TreeFile = () => Promise<unknown>;

/**
 * The files of one version by name, in the order of Nova's listing, each made when it is read. Undefined for a version
 * there is not.
 */
export function openstackFiles(
  facts: GuestFacts,
  vendor: VendorSource,
  version: string,
): ReadonlyMap<string, TreeFile> | undefined {
  // Text that is greater than every date.
  if (version !== 'latest' && !OPENSTACK_VERSIONS.some((known) => known === version)) return undefined;
  const has = (since: string) => version >= since;
  const files = new Map<string, TreeFile>([['meta_data.json', async () => metaData(facts, has)]]);
  const { userData } = facts;
  if (userData !== null) files.set('user_data', async () => Buffer.from(userData, 'base64'));
  if (has(SINCE.password)) files.set(PASSWORD, async () => Buffer.alloc(0));
  if (has(SINCE.vendorData)) files.set('vendor_data.json', () => vendor.fixed());
  if (has(SINCE.networkData)) files.set('network_data.json', async () => networkData(facts.ports));
  if (has(SINCE.vendorData2)) files.set('vendor_data2.json', () => vendorData2(facts, vendor));
  return files;
}

function metaData(facts: GuestFacts, has: (since: string) => boolean): Record<string, unknown> {
  const { key } = facts;
  return {
    uuid: facts.serverId,
    ...(Object.keys(facts.metadata).length > 0 && { meta: facts.metadata }),
    ...(facts.files.length > 0 && {
      files: facts.files.map(({ path }, index) => ({ path, content_path: `/${CONTENT}/${contentName(index)}` })),
    }),
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
    ...(has(SINCE.devices) && { devices: [...cards(facts, has), ...facts.devices] }),
    ...(has(SINCE.dedicatedCpus) && { dedicated_cpus: [] }),
  };
}

/** Beside the versions: what is in the files that a launch gave, by their number. */
export const CONTENT = 'content';

export function contentName(index: number): string {
  return String(index).padStart(4, '0');
}

/** The cards that have a tag, as Nova tells of them; their places where the host has said them. */
function cards({ ports, nicAddresses }: GuestFacts, has: (since: string) => boolean): Record<string, unknown>[] {
  return ports.flatMap(({ id, mac, tag }) => {
    if (tag === undefined) return [];
    const address = nicAddresses[id];
    return [
      {
        ...(has(SINCE.trusted) && { vf_trusted: false }),
        ...{ type: 'nic', mac, bus: 'pci', address: address ?? 'none', tags: [tag] },
      },
    ];
  });
}

/** Keys of the type x509 are certificates. */
function keyType(publicKey: string): 'ssh' | 'x509' {
  return publicKey.startsWith('-----BEGIN CERTIFICATE-----') ? 'x509' : 'ssh';
}

/** What is fixed stands under a name of its own, which no service can take. */
async function vendorData2(facts: GuestFacts, vendor: VendorSource): Promise<Record<string, unknown>> {
  const [fixed, asked] = await Promise.all([vendor.fixed(), vendor.asked(facts)]);
  return { ...asked, static: fixed };
}
