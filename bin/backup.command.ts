import type { Absent, Manifest } from '../app/backup/backup-format.ts';
import { readBackup } from '../app/backup/backup-reader.ts';
import { makeBackup } from '../app/backup/make-backup.ts';
import { restoreBackup } from '../app/backup/restore-backup.ts';
import { restoreDatabase } from '../app/backup/restore-database.ts';
import { assertInDataFolder } from '../app/backup/server-database.ts';
import { UserError } from '../app/contract/errors.ts';
import { MIGRATIONS } from '../app/modules.ts';
import type { DataFolder } from './data-folder.ts';
import { askNewPassphrase, askPassphrase, givenPassphrase } from './passphrase.ts';
import { mebibytes, ProgressLine } from './progress-line.ts';
import type { ReadSettings } from './settings.ts';
import { waitForStopRequest } from './stop-signal.ts';

interface PassphraseOptions {
  passphraseFile?: string;
}

const REASONS: Record<Absent['reason'], string> = {
  running: 'it runs',
  'started-meanwhile': 'it was started meanwhile',
  'other-host': 'it is on another computer',
  missing: 'there is nothing of it',
};

/** `cumulet backup FILE`: of a cloud that runs as of one that is stopped; works on the files themselves. */
export async function runBackup(
  { folder, settings }: ReadSettings,
  file: string,
  options: PassphraseOptions & { encrypt?: boolean },
): Promise<void> {
  assertInDataFolder(settings.database);
  const given = givenPassphrase(options.passphraseFile);
  const passphrase = given ?? (options.encrypt ? await askNewPassphrase() : null);
  const encryption = passphrase === null ? null : { passphrase };
  const made = await withProgress(
    'Backing up',
    'Stopped. The same command goes on where it was.',
    (signal, onProgress) => makeBackup({ dataDir: folder.path, file, encryption, signal, onProgress }),
  );
  const { manifest, size, resumedAt } = made;
  if (resumedAt > 0) say(`Went on behind the ${mebibytes(resumedAt)} of an earlier try.`);
  say(`${made.file}: ${mebibytes(size)}, ${passphrase === null ? 'not encrypted' : 'encrypted'}.`);
  sayContents(manifest);
  say(`Check it where it is kept with: cumulet backup --verify ${JSON.stringify(made.file)}`);
}

/** `cumulet backup --verify FILE`: reads all of it. */
export async function runVerify(file: string, options: PassphraseOptions): Promise<void> {
  const manifest = await withProgress('Checking', 'Stopped.', (signal, onProgress) =>
    readBackup(file, { passphrase: passphraseFor(options), migrations: MIGRATIONS, signal, onProgress }),
  );
  say(`${file} is whole: ${manifest.parts.length} parts, made ${manifest.createdAt} by Cumulet ${manifest.version}.`);
  sayContents(manifest);
}

/** `cumulet restore FILE`: into an empty folder. */
export async function runRestore(
  folder: DataFolder,
  file: string | undefined,
  options: PassphraseOptions & { database?: string },
): Promise<void> {
  if (file === undefined || options.database !== undefined) {
    throw new UserError('bad_request', 'Name either a backup, or a copy of the database with --database.');
  }
  const manifest = await withProgress('Restoring', 'Stopped. Nothing was restored.', (signal, onProgress) =>
    restoreBackup({
      file,
      dataDir: folder.path,
      passphrase: passphraseFor(options),
      migrations: MIGRATIONS,
      signal,
      onProgress,
    }),
  );
  say(`The cloud of ${manifest.createdAt} is in ${folder.path}. Everybody signs in again.`);
  sayContents(manifest);
  say(`Start it with: cumulet serve --data-dir ${JSON.stringify(folder.path)}`);
}

/** `cumulet restore --database COPY`: where the database of a cloud is damaged, or older work is wanted back. */
export async function runRestoreDatabase(folder: DataFolder, copy: string): Promise<void> {
  const aside = await restoreDatabase(folder.path, copy, MIGRATIONS);
  say(`${folder.path} has the database of ${copy}. The one before is kept as ${aside}. Everybody signs in again.`);
}

function passphraseFor({ passphraseFile }: PassphraseOptions): () => Promise<string> {
  const given = givenPassphrase(passphraseFile);
  return async () => given ?? (await askPassphrase('Passphrase of the backup: '));
}

/** Ctrl-C ends the work where it is, which is told as such. */
async function withProgress<T>(
  title: string,
  whenStopped: string,
  work: (signal: AbortSignal, onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  waitForStopRequest().then(() => stop.abort(new UserError('aborted', whenStopped)));
  const line = new ProgressLine(title);
  try {
    return await work(stop.signal, line.update);
  } finally {
    line.end();
  }
}

function sayContents({ machines, notIncluded }: Manifest): void {
  if (machines.length > 0) say(`Machines with their disks: ${machines.length}.`);
  if (notIncluded.length === 0) return;
  say('Not in it:');
  for (const { kind, id, name, reason } of notIncluded) {
    say(`  ${kind === 'machine' ? 'the disk of' : 'the image'} ${name ?? id} (${id}): ${REASONS[reason]}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
