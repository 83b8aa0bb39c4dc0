import { UserError } from '../contract/errors.ts';
import type { DatabaseSettings } from '../database/database.settings.ts';

/** A backup is made of files: of a cloud whose database is on a server it would be without the cloud. */
export function assertInDataFolder({ url }: DatabaseSettings): void {
  if (url === undefined) return;
  throw new UserError('conflict', 'The database of this cloud is on a PostgreSQL server, and not in the data folder.', {
    hint: 'Back it up with pg_dump, and the data folder with what copies files.',
  });
}
