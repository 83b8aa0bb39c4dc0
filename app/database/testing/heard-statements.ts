import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultQueryCompiler, PostgresQueryCompiler } from 'kysely';
import { isOnPostgres } from './postgres-databases.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
/** They carry out what others make. */
const PASSED = ['/app/database/change.ts', '/app/database/testing/heard-statements.ts'];
/** Enough for what lies of kysely between the compiler and whoever asks. */
const FRAMES = 30;

export interface HeardStatement {
  text: string;
  /** Statements that differ in the lengths of their lists only have one shape. */
  shape: string;
  /** Files of the product that make it. */
  places: Set<string>;
}

/**
 * Every statement that the product makes in this process for the database of its tests, but those that `isKnown` says are
 * known: to find out who makes one takes time. What tests ask for themselves, and migrations, are passed over.
 */
export class HeardStatements {
  readonly #isKnown: (shape: string) => boolean;
  #heard = new Map<string, HeardStatement>();

  constructor(isKnown: (shape: string) => boolean) {
    this.#isKnown = isKnown;
    const hear = (compiler: DefaultQueryCompiler, text: string) => this.#hear(compiler, text);
    const compile = DefaultQueryCompiler.prototype.compileQuery;
    DefaultQueryCompiler.prototype.compileQuery = function (this: DefaultQueryCompiler, ...given) {
      const compiled = compile.apply(this, given);
      hear(this, compiled.sql);
      return compiled;
    };
  }

  /** Those since the last time. */
  take(): HeardStatement[] {
    const heard = [...this.#heard.values()];
    this.#heard = new Map();
    return heard;
  }

  #hear(compiler: DefaultQueryCompiler, text: string): void {
    if (compiler instanceof PostgresQueryCompiler !== isOnPostgres || !canBeExplained(text)) return;
    const shape = shapeOf(text);
    if (this.#isKnown(shape)) return;
    const place = placeOf(callers());
    if (place === undefined) return;
    const statement = this.#heard.get(shape) ?? { text, shape, places: new Set() };
    this.#heard.set(shape, statement);
    statement.places.add(place);
  }
}

function canBeExplained(text: string): boolean {
  return /^\s*(select|insert|update|delete|with)\b/i.test(text);
}

/** Lists of any length are one. */
function shapeOf(text: string): string {
  return text
    .replaceAll(/\$\d+/g, '?')
    .replaceAll(/\?(, \?)+/g, '?')
    .replaceAll(/\(\?\)(, \(\?\))+/g, '(?)');
}

/** The nearest file that is of this repository. */
function placeOf(files: string[]): string | undefined {
  const nearest = files.find(
    (file) =>
      file.startsWith(`${root}/`) &&
      !file.includes('/node_modules/') &&
      !PASSED.some((passed) => file.endsWith(passed)),
  );
  if (nearest === undefined) return undefined;
  const path = relative(root, nearest);
  return /^(tests|bench)\/|\.(test|fixture)\.ts$|\/testing\/|\/migrations\/|^app\/database\/database\.ts$/.test(path)
    ? undefined
    : path;
}

function callers(): string[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName() ?? '');
  const files = new Error().stack as unknown as string[];
  Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  return files.map((file) => (file.startsWith('file:') ? fileURLToPath(file) : file));
}
