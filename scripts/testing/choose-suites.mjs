import { SetupError } from '../setup/progress.mjs';

/** The suites that were named, each of which must be known; without a name all of them. */
export function chooseSuites(names, known) {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(`No suite ${unknown.join(', ')}. Suites are: ${known.join(', ')}.`);
  }
  return names.length > 0 ? names : known;
}
