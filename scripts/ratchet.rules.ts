import { findImportCircles, type SourceFile, targetsOf } from './import-directions.ts';
import { judgeLayers } from './layers.ts';

export interface Hit {
  path: string;
  /** From 1; 0 where the whole file is meant. */
  line: number;
  text: string;
}

/** Something the code is to lose, and how it is counted. */
export interface RatchetRule {
  name: string;
  /** What to do in its place. */
  instead: string;
  find: (files: readonly SourceFile[]) => Hit[];
}

const product = (file: SourceFile) => !/\.(test|fixture)\.tsx?$|\/testing\/|\/generated\//.test(file.path);
const inApp = (file: SourceFile) => file.path.startsWith('app/') && product(file);
const aboveDialects = (file: SourceFile) =>
  inApp(file) && !/^app\/database\/(dialects\/|\w+\.dialect\.ts$)/.test(file.path);

/** What only SQLite understands, in SQL or through the query builder. */
const SQLITE_ONLY = new RegExp(
  [
    /\b(json_each|json_extract|json_type|json_array_length|likely|unlikely|strftime|julianday)\(/,
    /\bfn(<[^>]*>)?\('(max|min|likely|unlikely|json_\w+)'/,
    // Of two values; of a column it is everybody's.
    /(?<![.\w])(max|min)\([\w.]+, /,
    /\b(rowid|AUTOINCREMENT|PRAGMA|INSERT OR (IGNORE|REPLACE))\b/,
    /\bIS \$\{/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** Every service adds lines to these; a folder of its own will say the same. */
const CENTRAL_LISTS = ['app/database/tables.ts'];

/** Filters, pages and sorting of one API each. */
const LIST_DIALECT = /\/(list-query|collection-page|inexact-filter|[\w-]+-list\.(query|repository))\.ts$/;

const LONG = 300;

export const RULES: readonly RatchetRule[] = [
  lines('rows mapped by hand', 'a column codec', inApp, /\bfunction \w*([tT]o|[fF]rom)\w*Row\w*\(/),
  lines('flags written as 1 or 0', 'a column codec', inApp, /\? 1 : 0\b/),
  lines('JSON.parse of the app', 'a column codec, or a schema at the border', inApp, /\bJSON\.parse\(/),
  lines(
    'path parameters that may be missing',
    'parameters typed from the path',
    inApp,
    /\bparams(\.\w+|\[[^\]]+\]) \?\? ''/,
  ),
  lines('SQL of one database only', 'app/database/dialects', aboveDialects, SQLITE_ONLY),
  lines('not_found thrown by hand', 'the resource kit', inApp, /new UserError\(\s*'not_found'/),
  lines('request types spelled out', 'types inferred from the route', inApp, /\bApiRequest</),
  lines('timers of their own', 'a task that repeats', inApp, /\bsetInterval\(/),
  lines('private in place of #', 'names that begin with #', product, /^\s+private /),
  lines(
    'units defined again',
    'app/contract/units.ts',
    product,
    /^(export )?const (KIB|MIB|GIB|(MINUTE|HOUR|DAY)\w*) = [\d(]/,
  ),
  {
    name: 'lines of central lists',
    instead: 'the folder of each service',
    find: (files) =>
      files
        .filter(({ path }) => CENTRAL_LISTS.includes(path))
        .flatMap(({ path, text }) =>
          text
            .split('\n')
            .flatMap((one, index) =>
              /[\w{}()[\]]/.test(code(one)) ? [{ path, line: index + 1, text: one.trim() }] : [],
            ),
        ),
  },
  {
    name: `files over ${LONG} lines`,
    instead: 'two files, each with one subject',
    find: (files) =>
      files.filter(product).flatMap(({ path, text }) => {
        const length = text.trimEnd().split('\n').length;
        return length > LONG ? [{ path, line: 0, text: `${length} lines` }] : [];
      }),
  },
  {
    name: 'lists paged by code of their own',
    instead: 'the collection query of the resource kit',
    find: (files) => files.filter((file) => inApp(file) && LIST_DIALECT.test(file.path)).map(whole),
  },
  {
    name: 'kits of one service',
    instead: 'app/resource',
    find: (files) => files.filter(({ path }) => /^app\/(?!resource\/).*\/record\.\w+\.ts$/.test(path)).map(whole),
  },
  {
    name: 'files in a circle of imports, types too',
    instead: 'a third file that both import',
    find: (files) =>
      findImportCircles(files.filter(product)).map(({ path, circle }) => ({
        path,
        line: 0,
        text: `with ${circle.filter((one) => one !== path).join(', ')}`,
      })),
  },
  {
    name: 'imports against the layers',
    instead: 'what scripts/layers.ts allows, or a part of a lower layer that both import',
    find: (files) =>
      files.filter(product).flatMap((file) =>
        targetsOf(file).flatMap((target) => {
          const text = judgeLayers(file.path, target);
          return text === null ? [] : [{ path: file.path, line: 0, text }];
        }),
      ),
  },
  {
    name: 'resources that import resources',
    instead: 'a feature that knows both',
    find: (files) =>
      files.filter(product).flatMap((file) => {
        const own = resourceOf(file.path);
        if (own === null) return [];
        const others = new Set(targetsOf(file).map(resourceOf));
        return [...others].flatMap((other) =>
          other === null || other === own ? [] : [{ path: file.path, line: 0, text: `${own} imports ${other}` }],
        );
      }),
  },
];

function lines(name: string, instead: string, isMeant: (file: SourceFile) => boolean, pattern: RegExp): RatchetRule {
  return {
    name,
    instead,
    find: (files) =>
      files
        .filter(isMeant)
        .flatMap(({ path, text }) =>
          text
            .split('\n')
            .flatMap((one, index) => (pattern.test(code(one)) ? [{ path, line: index + 1, text: one.trim() }] : [])),
        ),
  };
}

/** A line without its comment, as far as one line tells. */
function code(line: string): string {
  return /^\s*(\/?\*|\/\/)/.test(line) ? '' : line.replace(/ \/\/ .*$/, '');
}

function whole({ path }: SourceFile): Hit {
  return { path, line: 0, text: '' };
}

function resourceOf(path: string): string | null {
  return /^renderer\/resources\/([\w-]+)\//.exec(path)?.[1] ?? null;
}
