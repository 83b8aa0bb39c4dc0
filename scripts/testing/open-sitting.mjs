import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { inRoot, root } from '../setup/places.mjs';

/**
 * The sitting of `artifacts/<name>` to go on with, of which `sitting.ts` reads; a new one for other code, another seed,
 * or where `anew` asks for it.
 */
export function openSitting(name, { seed, anew }) {
  const folder = inRoot('artifacts', name);
  const file = `${folder}/passed.txt`;
  const about = `${folder}/sitting.json`;
  const code = describeCode();
  const kept = anew ? null : readJson(about);
  if (kept?.code === code && (seed === undefined || seed === kept.seed)) {
    return { folder, file, seed: kept.seed, passed: countLines(file) };
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const chosen = seed ?? randomInt(1e9);
  writeFileSync(about, JSON.stringify({ code, seed: chosen }));
  writeFileSync(file, '');
  return { folder, file, seed: chosen, passed: 0 };
}

/** The commit, and whether and how the files differ from it. */
function describeCode() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  return `${git('rev-parse', 'HEAD').trim()} ${git('diff', '--shortstat', 'HEAD').trim()}`;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function countLines(path) {
  return readFileSync(path, 'utf8').split('\n').length - 1;
}
