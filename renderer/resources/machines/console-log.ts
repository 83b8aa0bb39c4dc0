// CSI, OSC and other escape sequences of ECMA-48, and the two-character ones.
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** A serial log as plain text: no colours, no cursor moves, and what `\r` overwrote on a line left out. */
export function plainLog(raw: string): string {
  return raw
    .replace(ESCAPES, '')
    .replaceAll(/(?<!\r)\r+\n/g, '\n')
    .split('\n')
    .map((line) => line.slice(line.replace(/(?<!\r)\r+$/, '').lastIndexOf('\r') + 1))
    .join('\n')
    .replace(CONTROLS, '')
    .replaceAll('\r', '')
    .trimEnd();
}

/** Where `query` begins in `text`, whatever its case; at most `limit` places. */
export function findMatches(text: string, query: string, limit: number): number[] {
  if (query === '') return [];
  const places: number[] = [];
  const haystack = text.toLowerCase();
  const needle = query.toLowerCase();
  // Letters whose lower case is longer (such as a dotted capital I) would shift what is marked.
  if (haystack.length !== text.length) return [];
  for (let at = haystack.indexOf(needle); at !== -1 && places.length < limit; at = haystack.indexOf(needle, at)) {
    places.push(at);
    at += needle.length;
  }
  return places;
}
