import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const repository = fromHere('../..').replace(/[\\/]$/, '');
export const mainScript = join(repository, 'dist', 'main', 'main.js');
export const recorderScript = fromHere('./electron-recorder.cjs');
export const pinnedNode = join(repository, 'node_modules', 'node', 'bin', 'node');

export function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'chromium')).find((path) => existsSync(path));
  if (!found) throw new Error('There is no chromium; "npm test" installs it.');
  return found;
}

/** The Electron program, or null where its runtime is not installed. */
export function findElectron(): string | null {
  try {
    const folder = join(repository, 'node_modules', 'electron');
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}
