import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a stack says that something is: `file:///…/chunks/a.js:12:34`. */
const PLACE = /(?<![^\s(])file:\/\/[^\s()]+\.js:\d+:\d+/g;
/** A map takes more memory than the program: it is let go when nothing has gone wrong for so long. */
const KEPT_MS = 60_000;

const maps = new Map<string, SourceMap | null>();
let letGo: NodeJS.Timeout | undefined;

/**
 * A stack of the bundle in files and lines of the sources. Node's own `--enable-source-maps` reads every map at the start
 * (a third more time and memory); here the first error that is shown does.
 */
export function inSources(stack: string): string {
  return stack.replaceAll(PLACE, (place) => {
    const [, url = '', line, column] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
    const file = fileURLToPath(url);
    const origin = mapOf(file)?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin) || origin.fileName === '') return place;
    const source = resolve(file, '..', origin.fileName);
    return `${relative(process.cwd(), source)}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

function mapOf(file: string): SourceMap | null {
  clearTimeout(letGo);
  letGo = setTimeout(() => maps.clear(), KEPT_MS).unref();
  const known = maps.get(file);
  if (known !== undefined) return known;
  const map = readMap(file);
  maps.set(file, map);
  return map;
}

function readMap(file: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    // Not bundled, or a package.
    return null;
  }
}
