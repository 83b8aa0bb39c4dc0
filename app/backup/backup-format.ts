import { join } from 'node:path';
import { z } from 'zod';
import { type LastBackup, lastBackupSchema } from '../contract/backup.ts';

/** Raised when older versions could not read what is written. */
export const BACKUP_FORMAT = 1;
/** Never more entries in one file. */
export const MAX_PARTS = 200_000;
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
/** Holds the key of an encrypted backup under its passphrase; the first entry then. */
export const KEY_ENTRY = 'key.age';
/** The last entry: without it a file is cut off. */
export const MANIFEST_ENTRY = 'manifest.json';
/** Behind the name of every entry that is encrypted. */
export const ENCRYPTED = '.age';
export const DATABASE_PART = 'database/cumulet.db';

const partSchema = z.object({
  name: z.string(),
  /** Bytes, as they were before they were encrypted. */
  size: z.number().int().min(0),
  /** Of those bytes. */
  sha256: z.string(),
});
export type BackupPart = z.infer<typeof partSchema>;

export type Absent = LastBackup['notIncluded'][number];

export const manifestSchema = z.object({
  format: z.number().int(),
  /** Of Cumulet, which made it. */
  version: z.string(),
  createdAt: z.string(),
  /** Id of the host of this computer, which its machines are recorded on; null where there is none. */
  hostId: z.string().nullable(),
  /** Names of the migrations the database has had. */
  migrations: z.array(z.string()),
  /** Machines whose disks are in it. */
  machines: z.array(z.string()),
  /** What the cloud knows and is not in it. */
  notIncluded: lastBackupSchema.shape.notIncluded,
  parts: z.array(partSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Every name a part may have, and its place in a data folder. Nothing else is written, whatever a file says. */
const PLACES: readonly { name: RegExp; place: (name: string) => string }[] = [
  { name: /^database\/cumulet\.db$/, place: () => 'cumulet.db' },
  { name: /^settings\/(?:config\.toml|policy\.yaml)$/, place: (name) => name.slice('settings/'.length) },
  { name: /^secrets\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, place: (name) => name },
  { name: /^images\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, place: (name) => name },
  {
    name: /^image-cache\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9a-f]{16}\.(?:qcow2|raw|iso)$/,
    place: (name) => join('agent', name),
  },
  {
    name: /^machines\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    place: (name) => join('agent', name),
  },
];

/** Where a part lies below the data folder; undefined for a name no part has. */
export function placeOf(name: string): string | undefined {
  return PLACES.find((each) => each.name.test(name))?.place(name);
}
