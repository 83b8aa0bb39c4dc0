import { z } from 'zod';

/** The last backup that became whole, wherever it was written. */
export const lastBackupSchema = z
  .object({
    /** Path on the controller's computer. */
    file: z.string(),
    /** The moment it is of. */
    createdAt: z.string(),
    /** Bytes. */
    size: z.number().int(),
    isEncrypted: z.boolean(),
    /** How many machines' disks are in it, and which are not. */
    machines: z.number().int(),
    notIncluded: z.array(
      z.object({
        kind: z.enum(['machine', 'image']),
        id: z.string(),
        name: z.string().nullable(),
        reason: z.enum(['running', 'started-meanwhile', 'other-host', 'missing']),
      }),
    ),
  })
  .meta({ title: 'LastBackup' });
export type LastBackup = z.infer<typeof lastBackupSchema>;

/** `GET /v1/backups`. */
export const backupsSchema = z.object({
  last: lastBackupSchema.nullable(),
  /** Those that were made here and are still on the controller's computer, newest first. */
  backups: z.array(
    z
      .object({ id: z.string(), createdAt: z.string(), size: z.number().int(), isEncrypted: z.boolean() })
      .meta({ title: 'BackupFile' }),
  ),
  /** Where they lie. */
  folder: z.string(),
  /** Checked copies of the database, newest first: ISO times. */
  databaseCopies: z.array(z.string()),
});
export type Backups = z.infer<typeof backupsSchema>;
export type BackupFile = Backups['backups'][number];

/** `POST /v1/backups`; without a passphrase it is not encrypted. */
export const newBackupSchema = z.strictObject({ passphrase: z.string().min(1).max(1024).nullable().default(null) });
