// `node scripts/verb-files.mjs [verb ...]`: the files of the product that name a verb of machines, by any of the names its
// record gives it. What is made from the code (types of the client, locks) and tests are not counted.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERBS } from '../app/compute/verbs/verbs.ts';

const ROOT = join(import.meta.dirname, '..');
const PARTS = ['app', 'agent', 'renderer', 'main', 'bin', 'assets/locales'];
const isProduct = (path) =>
  /\.(tsx?|json)$/.test(path) && !/\.(test|fixture)\.tsx?$|(^|\/)(testing|generated)\//.test(path);

/** Files by the verbs that they name. */
export function filesOfVerbs(verbs = VERBS) {
  const sources = PARTS.flatMap((part) =>
    readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })
      .map((path) => `${part}/${path.replaceAll('\\', '/')}`)
      .filter(isProduct),
  ).map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
  return new Map(
    verbs.map((verb) => {
      const words = namesOf(verb);
      const named = new RegExp(`(?<![A-Za-z])(${words.map(escaped).join('|')})(?![A-Za-z])`);
      return [verb.name, sources.filter(({ text }) => named.test(text)).map(({ path }) => path)];
    }),
  );
}

function namesOf({ name, action, order, offers = [] }) {
  return [...new Set([name, action, camelCase(name), order ?? name, ...offers.map((offer) => offer.name)])];
}

function camelCase(name) {
  return name.replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase());
}

function escaped(text) {
  return text.replaceAll(/[^\w]/g, '\\$&');
}

if (import.meta.main) {
  const asked = process.argv.slice(2);
  const verbs = VERBS.filter(({ name }) => asked.length === 0 || asked.includes(name));
  for (const [verb, files] of filesOfVerbs(verbs)) {
    console.log(`${verb}: ${files.length} files`);
    if (asked.length > 0) for (const file of files) console.log(`  ${file}`);
  }
}
