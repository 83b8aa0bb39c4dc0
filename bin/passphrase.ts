import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UserError } from '../app/contract/errors.ts';

const VARIABLE = 'CUMULET_BACKUP_PASSPHRASE';

/** Never an argument: every user of a computer sees those. Undefined where none was given. */
export function givenPassphrase(file: string | undefined): string | undefined {
  const text = file === undefined ? process.env[VARIABLE] : readPassphraseFile(file);
  delete process.env[VARIABLE];
  if (text === '') throw new UserError('bad_request', 'The passphrase is empty.', { field: 'passphrase' });
  return text;
}

function readPassphraseFile(file: string): string {
  try {
    // The first line, as editors end it.
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    throw new UserError('bad_request', `${file} cannot be read.`, { field: 'passphrase-file', cause });
  }
}

/** Asks on the terminal, without showing what is typed. */
export async function askPassphrase(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError('bad_request', 'This backup is encrypted, and no passphrase was given.', {
      field: 'passphrase',
      hint: `Put it into a file and name that with --passphrase-file, or into ${VARIABLE}.`,
    });
  }
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

export async function askNewPassphrase(): Promise<string> {
  const passphrase = await askPassphrase('Passphrase of the backup: ');
  if (passphrase === '') throw new UserError('bad_request', 'The passphrase is empty.', { field: 'passphrase' });
  if ((await askPassphrase('The same again: ')) !== passphrase) {
    throw new UserError('bad_request', 'These were two different passphrases.', { field: 'passphrase' });
  }
  return passphrase;
}
