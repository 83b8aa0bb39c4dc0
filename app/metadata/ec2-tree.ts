import type { GuestFacts } from './guest-facts.ts';

/** Nova's versions of the EC2 tree, oldest first; `latest` is the last. */
export const EC2_VERSIONS = [
  '1.0',
  '2007-01-19',
  '2007-03-01',
  '2007-08-29',
  '2007-10-10',
  '2007-12-15',
  '2008-02-01',
  '2008-09-01',
  '2009-04-04',
] as const;

/** First version with a thing, as Nova has it. */
const SINCE = {
  hostnames: '2007-01-19',
  instanceType: '2007-08-29',
  blockDevices: '2007-12-15',
  placement: '2008-02-01',
  instanceAction: '2008-09-01',
};

/** What a listing shows in the place of a folder's name. */
const SHOWN_AS = '_name';

/** A folder of the tree, or what a file of it has. */
export interface Ec2Folder {
  [name: string]: Ec2Folder | readonly string[] | string | number | Buffer;
}

/** One version of the tree: `meta-data`, and `user-data` where there is some. Undefined for a version there is not. */
export function ec2Tree(facts: GuestFacts, version: string): Ec2Folder | undefined {
  if (version !== 'latest' && !EC2_VERSIONS.some((known) => known === version)) return undefined;
  const { userData } = facts;
  return {
    'meta-data': ec2MetaData(facts, version),
    ...(userData !== null && { 'user-data': Buffer.from(userData, 'base64') }),
  };
}

function ec2MetaData(facts: GuestFacts, version: string): Ec2Folder {
  const { hostname, key, ec2 } = facts;
  // `1.0` is less than every date, `latest` is greater.
  const has = (since: string) => version >= since;
  return {
    ...(ec2.image !== null && { 'ami-id': ec2Name('ami', ec2.image) }),
    'ami-launch-index': facts.launchIndex,
    // Nova's own word, which clients compare: there is no such path, and none is to come.
    'ami-manifest-path': 'FIXME',
    'instance-id': ec2Name('i', ec2.instance),
    hostname,
    'local-ipv4': facts.ports[0]?.fixedIps[0]?.ipAddress ?? '',
    'reservation-id': facts.reservationId,
    'security-groups': ['default'],
    ...(key !== null && { 'public-keys': { '0': { [SHOWN_AS]: `0=${key.name}`, 'openssh-key': key.publicKey } } }),
    ...(has(SINCE.hostnames) && { 'local-hostname': hostname, 'public-hostname': hostname, 'public-ipv4': '' }),
    ...(has(SINCE.instanceType) && { 'instance-type': facts.flavorName }),
    ...(has(SINCE.blockDevices) && { 'block-device-mapping': blockDevices(facts) }),
    ...(has(SINCE.placement) && { placement: { 'availability-zone': facts.availabilityZone } }),
    ...(has(SINCE.instanceAction) && { 'instance-action': 'none' }),
  };
}

/** As `i-0000002a`: the length is EC2's of that time. */
function ec2Name(prefix: 'i' | 'ami', number: number): string {
  return `${prefix}-${number.toString(16).padStart(8, '0')}`;
}

/** The names by which the API shows disks: those of a virtio bus. */
function blockDevices({ ephemeralDisks, hasSwap }: GuestFacts): Ec2Folder {
  const disk = (number: number) => `/dev/vd${String.fromCharCode('b'.charCodeAt(0) + number)}`;
  const ephemeral = Array.from({ length: ephemeralDisks }, (_, number) => [`ephemeral${number}`, disk(number)]);
  return {
    ami: 'vda',
    root: '/dev/vda',
    ...Object.fromEntries(ephemeral),
    ...(hasSwap && { swap: disk(ephemeralDisks) }),
  };
}

/** What is found in the tree by that path, as it is told; undefined for nothing. */
export function readEc2(tree: Ec2Folder, path: readonly string[]): Buffer | undefined {
  let found: Ec2Folder[string] | undefined = tree;
  for (const name of path) {
    if (!isFolder(found) || name === SHOWN_AS || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  if (found === undefined || Buffer.isBuffer(found)) return found;
  if (isFolder(found)) return Buffer.from(listing(found));
  return Buffer.from(Array.isArray(found) ? found.join('\n') : String(found));
}

/** A name a line, folders with a slash behind it; a key is shown with its name, and is a folder all the same. */
function listing(folder: Ec2Folder): string {
  const shown = Object.keys(folder).filter((name) => name !== SHOWN_AS);
  const lines = shown.toSorted().map((name) => {
    const each = folder[name];
    return isFolder(each) ? (each[SHOWN_AS] ?? `${name}/`) : name;
  });
  return lines.join('\n');
}

/** All of `meta-data` in one text, as the config drive has it: without what only a listing shows. */
export function ec2Json(facts: GuestFacts): Buffer {
  const tree = ec2MetaData(facts, 'latest');
  return Buffer.from(JSON.stringify(tree, (name, value) => (name === SHOWN_AS ? undefined : value)));
}

function isFolder(found: Ec2Folder[string] | undefined): found is Ec2Folder {
  return typeof found === 'object' && !Array.isArray(found) && !Buffer.isBuffer(found);
}
