import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * A long suite may take several sittings: what passed in an earlier one is not run again. `npm run test:long` names the
 * file that keeps the list, a line a test; the gate names none.
 */
const file = process.env.CUMULET_SITTING;
const passedBefore = new Set(file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);

/** Whether this is a run of `npm run test:long`. */
export const isLong = file !== undefined;

/** All cases in a long suite; in the gate those that `inGate` keeps. */
export function casesOf<T>(all: readonly T[], inGate: (each: T) => boolean): T[] {
  return isLong ? [...all] : all.filter(inGate);
}

export function hasPassed(test: string): boolean {
  return passedBefore.has(test);
}

/** Tests that earlier sittings have passed. */
export function allPassed(): string[] {
  return [...passedBefore].filter(Boolean);
}

export function notePassed(test: string): void {
  if (file !== undefined) appendFileSync(file, `${test.replaceAll('\n', ' ')}\n`);
}
