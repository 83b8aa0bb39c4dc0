import { pino } from 'pino';
import { resetAdminPassword } from '../app/reset-admin-password.ts';
import type { DataFolder } from './data-folder.ts';

/** `cumulet reset-admin-password`: the way back for whoever owns the data folder and does not know the password. */
export async function runResetAdminPassword(folder: DataFolder): Promise<void> {
  const { path } = await resetAdminPassword(folder.path, pino({ level: 'silent' }));
  process.stdout.write(`The administrator has a new password, in ${path}. All their sessions have ended.\n`);
}
