import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from './places.mjs';

/** What earlier set-ups did, by step: skipped as long as its inputs have the same hash. */
const stampFile = inRoot('node_modules', '.cumulet-setup.json');

export function readStamp(step) {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))[step] ?? null;
  } catch {
    return null;
  }
}

/** Removes a stamp where `value` is null. */
export function writeStamp(step, value) {
  let stamps = {};
  try {
    stamps = JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    // The first stamp, or one that cannot be read: made anew.
  }
  if (value === null) delete stamps[step];
  else stamps[step] = value;
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify(stamps, null, 2)}\n`);
}

/** Hash over names and contents of files and folders, relative to the project; absent ones count as such. */
export function hashOf(paths, isRelevant = () => true) {
  return hashEach(paths, isRelevant, (file) => readFileSync(file));
}

/**
 * The same over sizes and times of change, which are read in a tenth of the time: equal, so are the contents. The second of
 * these times nobody can set, whoever unpacks or copies files with the times that they had.
 */
export function looksOf(paths, isRelevant = () => true) {
  return hashEach(paths, isRelevant, (_file, { size, mtimeMs, ctimeMs }) => `${size} ${mtimeMs} ${ctimeMs}`);
}

function hashEach(paths, isRelevant, read) {
  const hash = createHash('sha256');
  const add = (path) => {
    const full = inRoot(path);
    const about = statSync(full, { throwIfNoEntry: false });
    if (about === undefined) {
      hash.update(`absent ${path}\0`);
    } else if (about.isDirectory()) {
      for (const name of readdirSync(full).sort()) add(join(path, name));
    } else if (isRelevant(path)) {
      hash.update(`${path}\0`).update(read(full, about)).update('\0');
    }
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}
