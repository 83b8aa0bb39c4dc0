import type { FlavorView, ServerView } from '../../../app/contract/openstack.ts';
import { toBase64 } from '../../api/base64.ts';
import type { NewServer } from '../../api/compute.api.ts';
import { t } from '../../i18n/i18n.ts';
import { checkMachineName } from '../machines/machine-name.ts';

export interface MetadataRow {
  /** Tells rows apart while their names are typed. */
  key: string;
  name: string;
  value: string;
}

/** The form as it is filled in. */
export interface LaunchValues extends Record<string, unknown> {
  name: string;
  /** Id of a launch source. */
  image: string;
  flavor: string;
  /** '' for none. */
  key: string;
  networks: string[];
  /** '' for none. */
  group: string;
  /** '' for any. */
  zone: string;
  count: number | string;
  userData: string;
  metadata: MetadataRow[];
  adminPass: string;
  hostname: string;
  description: string;
  opens: 'screen' | 'terminal' | 'nothing';
}

/** What the address asks for. */
export type LaunchWanted = Partial<Record<'image' | 'flavor' | 'key' | 'group', string>>;

export const EMPTY_LAUNCH: LaunchValues = {
  name: '',
  image: '',
  flavor: '',
  key: '',
  networks: [],
  group: '',
  zone: '',
  count: 1,
  userData: '',
  metadata: [],
  adminPass: '',
  hostname: '',
  description: '',
  opens: 'screen',
};

/** What is known of how a machine was wanted, for another try; its user data and password are told to nobody. */
export function draftOf(server: ServerView, flavors: readonly FlavorView[]): LaunchValues {
  return {
    ...EMPTY_LAUNCH,
    name: server.name,
    image: server.image === '' ? '' : server.image.id,
    flavor: flavors.find(({ name }) => name === server.flavor.original_name)?.id ?? '',
    key: server.key_name ?? '',
    description: server.description ?? '',
    // Of one that has a host it is the zone of that, asked for or not.
    zone: server.hostId === '' ? (server['OS-EXT-AZ:availability_zone'] ?? '') : '',
    metadata: Object.entries(server.metadata).map(([name, value]) => ({ key: name, name, value })),
  };
}

/** Where the API's names differ from the form's, so that a refusal goes to its field. */
export const FIELD_NAMES: Record<string, string> = {
  imageRef: 'image',
  flavorRef: 'flavor',
  key_name: 'key',
  group: 'group',
  availability_zone: 'zone',
  user_data: 'userData',
  min_count: 'count',
  max_count: 'count',
};

/** Nova's `MAX_USERDATA_SIZE`: bytes of the base64 text. */
const USER_DATA_LIMIT = 65_535;
const MOST_AT_ONCE = 100;
/** A label of a host name (RFC 1123), or several with dots. */
const HOSTNAME = /^(?=.{1,63}$)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;

/** What is wrong with what is filled in, by field. The controller checks again. */
export const LAUNCH_RULES = {
  name: checkMachineName,
  image: (image: string) => (image === '' ? t('launch:problem.image') : null),
  flavor: (flavor: string) => (flavor === '' ? t('launch:problem.flavor') : null),
  count: checkCount,
  userData: checkUserData,
  metadata: checkMetadata,
  hostname: (hostname: string) => (hostname === '' || HOSTNAME.test(hostname) ? null : t('launch:problem.hostname')),
};

export function checkCount(count: number | string): string | null {
  const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= MOST_AT_ONCE;
  return isCount ? null : t('launch:problem.count', { most: MOST_AT_ONCE });
}

export function checkUserData(text: string): string | null {
  return toBase64(text).length > USER_DATA_LIMIT ? t('launch:problem.userDataLong') : null;
}

/**
 * What begins what common guests read, after blank lines: scripts, cloud-init's formats and MIME (cloud-init), JSON
 * (Ignition), `#ps1`, `<powershell>` and `rem cmd` (cloudbase-init).
 */
const KNOWN_USER_DATA =
  /^\s*(#!|#cloud-|#include|#upstart-job|#part-handler|## (template|jinja)|[A-Za-z-]+:[ \t]|\{|#ps1|<[A-Za-z]|rem cmd)/i;

/** Whether guests may pass it over. It is sent all the same: an image may read what nobody here has heard of. */
export function isUserDataUnusual(text: string): boolean {
  return text.trim() !== '' && !KNOWN_USER_DATA.test(text);
}

export function checkMetadata(rows: readonly MetadataRow[]): string | null {
  const names = rows.map((row) => row.name);
  if (rows.some((row) => row.name === '' && row.value !== '')) return t('launch:problem.metadataName');
  if (names.some((name) => name.length > 255) || rows.some((row) => row.value.length > 255)) {
    return t('launch:problem.metadataLong');
  }
  // Nova's schema for metadata keys.
  if (names.some((name) => name !== '' && !/^[a-zA-Z0-9-_:. ]+$/.test(name))) return t('launch:problem.metadataSigns');
  const named = names.filter((name) => name !== '');
  return new Set(named).size < named.length ? t('launch:problem.metadataTwice') : null;
}

/** The request, once the image is here. */
export function toNewServer(values: LaunchValues, imageId: string): NewServer {
  const count = Number(values.count);
  const metadata = Object.fromEntries(
    values.metadata.filter((row) => row.name !== '').map((row) => [row.name, row.value]),
  );
  return {
    name: values.name.trim(),
    imageRef: imageId,
    flavorRef: values.flavor,
    networks: values.networks.length === 0 ? 'none' : values.networks.map((uuid) => ({ uuid })),
    ...(values.key === '' ? {} : { key_name: values.key }),
    ...(values.zone === '' ? {} : { availability_zone: values.zone }),
    ...(count > 1 ? { min_count: count, max_count: count } : {}),
    ...(values.userData === '' ? {} : { user_data: toBase64(values.userData.replaceAll('\r\n', '\n')) }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(values.adminPass === '' ? {} : { adminPass: values.adminPass }),
    // The metadata service tells no password, and nobody who is on no network.
    ...(values.adminPass === '' && values.networks.length > 0 ? {} : { config_drive: true }),
    ...(values.hostname === '' ? {} : { hostname: values.hostname }),
    ...(values.description.trim() === '' ? {} : { description: values.description.trim() }),
  };
}
