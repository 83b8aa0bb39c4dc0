import { pino } from 'pino';
import { resetAdminPassword } from '../app/reset-admin-password.ts';
import type { ReadSettings } from './settings.ts';

/** `cumulet reset-admin-password`: the way back for whoever owns the data folder and does not know the password. */
export async function runResetAdminPassword({ folder, settings }: ReadSettings): Promise<void> {
  const log = pino({ level: 'silent' });
  const { path } = await resetAdminPassword({ dataDir: folder.path, database: settings.database, log });
  process.stdout.write(`The administrator has a new password, in ${path}. All their sessions have ended.\n`);
}
