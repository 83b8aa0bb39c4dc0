import { z } from 'zod';

/** `[database]` of `config.toml`. */
export const databaseSettingsSchema = z.strictObject({
  /**
   * A database of PostgreSQL, such as `postgresql://cumulet@db.example/cumulet`; without it, SQLite in the data folder.
   * A password may stand in it, in `PGPASSWORD` or in `~/.pgpass`.
   */
  url: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional(),
});
export type DatabaseSettings = z.infer<typeof databaseSettingsSchema>;
