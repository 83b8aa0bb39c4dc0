import { RE2JS, RE2JSException } from 're2js';

/** Characters of a pattern: no name that is filtered by, and no rule that is written by hand, needs more. */
const MAX_LENGTH = 1024;
/** Instructions of a compiled pattern. Time is this times the length of the text, whatever the two say. */
const MAX_SIZE = 1000;

export interface LinearPattern {
  test(text: string): boolean;
  /** Instructions it was compiled to. */
  programSize(): number;
}

/** Why a text is no pattern, as the rest of a sentence that begins with the pattern's name. */
export class PatternRefusal extends Error {}

export interface PatternOptions {
  ignoresCase?: boolean;
  /** `anywhere` as Python's `re.search` and a database's REGEXP, `start` as `re.match`, `whole` as `re.fullmatch`. */
  at?: 'anywhere' | 'start' | 'whole';
}

/**
 * Compiles a text that somebody wrote. Matching takes time linear in the text, which V8's expressions do not promise;
 * so there are no back-references, and look-ahead only where a pattern begins: each is then a pattern of its own.
 * Python's named groups and leading flags, and POSIX classes such as `[[:digit:]]`, are understood.
 * Throws {@link PatternRefusal}.
 */
export function compilePattern(
  source: string,
  { ignoresCase = false, at = 'anywhere' }: PatternOptions = {},
): LinearPattern {
  if (source.length > MAX_LENGTH) throw new PatternRefusal(`is longer than ${MAX_LENGTH} characters`);
  const [, letters = '', body = ''] = /^(?:\(\?([a-zA-Z]+)\))?(.*)$/s.exec(source) ?? [];
  const flags = flagsOf(letters) | (ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
  const pieces = split(body);
  const compiled = pieces.some(({ kind }) => kind === 'look-ahead')
    ? anyOf(alternativesOf(pieces).map((alternative) => allOf(alternative, flags, at)))
    : engine(body, flags, at);
  if (compiled.programSize() > MAX_SIZE) throw new PatternRefusal('repeats too much');
  return compiled;
}

/** Why the text cannot be used as a pattern; undefined where it can. */
export function refusalOf(source: string, options?: PatternOptions): string | undefined {
  try {
    compilePattern(source, options);
    return undefined;
  } catch (error) {
    if (error instanceof PatternRefusal) return error.message;
    throw error;
  }
}

function anyOf(patterns: readonly LinearPattern[]): LinearPattern {
  return { test: (text) => patterns.some((pattern) => pattern.test(text)), programSize: () => sizeOf(patterns) };
}

function sizeOf(patterns: readonly LinearPattern[]): number {
  return patterns.reduce((sum, pattern) => sum + pattern.programSize(), 0);
}

function flagsOf(letters: string): number {
  let flags = 0;
  for (const letter of letters) {
    // `u` and `a` say of Python's texts what is so here anyway.
    if (letter === 'i') flags |= RE2JS.CASE_INSENSITIVE;
    else if (letter === 'm') flags |= RE2JS.MULTILINE;
    else if (letter === 's') flags |= RE2JS.DOTALL;
    else if (letter !== 'u' && letter !== 'a') throw new PatternRefusal(`has the flag "${letter}", which is unknown`);
  }
  return flags;
}

/** `^(?=a)(?!b)rest` holds where `^a` and `^rest` do and `^b` does not. */
function allOf(pieces: readonly Piece[], flags: number, at: NonNullable<PatternOptions['at']>): LinearPattern {
  const isAnchored = pieces[0]?.text === '^';
  const afterAnchor = isAnchored ? pieces.slice(1) : pieces;
  const plain = afterAnchor.findIndex(({ kind }) => kind !== 'look-ahead');
  const ahead = plain < 0 ? afterAnchor : afterAnchor.slice(0, plain);
  const rest = plain < 0 ? [] : afterAnchor.slice(plain);
  if (rest.some(({ kind }) => kind === 'look-ahead') || (ahead.length > 0 && !isAnchored && at === 'anywhere')) {
    throw new PatternRefusal('has a look-ahead that does not stand at its beginning, behind "^"');
  }
  const where = isAnchored && at === 'anywhere' ? 'start' : at;
  const conditions = ahead.map(({ text }) => ({
    isWanted: text.startsWith('(?='),
    pattern: engine(text.slice('(?='.length, -1), flags, 'start'),
  }));
  const main = engine(rest.map(({ text }) => text).join(''), flags, where);
  return {
    test: (text) => conditions.every(({ isWanted, pattern }) => pattern.test(text) === isWanted) && main.test(text),
    programSize: () => sizeOf([main, ...conditions.map(({ pattern }) => pattern)]),
  };
}

function engine(source: string, flags: number, at: NonNullable<PatternOptions['at']>): LinearPattern {
  // A pattern that must begin where the text does does so in MULTILINE, too; hence `\A` and `\z`.
  const placed = at === 'anywhere' ? source : `\\A(?:${source})${at === 'whole' ? '\\z' : ''}`;
  try {
    // Alone first: `a)(b` is none, though it would be inside of other parentheses.
    const alone = RE2JS.compile(withoutPython(source), flags);
    return placed === source ? alone : RE2JS.compile(withoutPython(placed), flags);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, '');
    throw new PatternRefusal(`cannot be used as a regular expression: ${why}`);
  }
}

/** Python ends a text with `\Z`. */
function withoutPython(source: string): string {
  return source.replace(/\\[\s\S]/g, (escaped) => (escaped === '\\Z' ? '\\z' : escaped));
}

interface Piece {
  kind: 'look-ahead' | 'alternative' | 'other';
  text: string;
}

/** What stands side by side at the outermost level: look-aheads, the bars between alternatives, and all else. */
function split(source: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < source.length; ) {
    const end = endOfPiece(source, at);
    const text = source.slice(at, end);
    const isAhead = text.startsWith('(?=') || text.startsWith('(?!');
    pieces.push({ kind: isAhead ? 'look-ahead' : text === '|' ? 'alternative' : 'other', text });
    at = end;
  }
  return pieces;
}

/** Of an escape, a class, a group or a single character; one that is not closed goes to the end. */
function endOfPiece(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; ) {
    const first = source[at];
    if (first === '\\') at += 2;
    else if (first === '[') at = endOfClass(source, at);
    else {
      if (first === '(') depth += 1;
      if (first === ')') depth -= 1;
      at += 1;
    }
    if (depth <= 0) return Math.min(at, source.length);
  }
  return source.length;
}

/** A `]` that comes first is one of the characters; so is all of `[:digit:]`. */
function endOfClass(source: string, start: number): number {
  let at = start + 1;
  if (source[at] === '^') at += 1;
  if (source[at] === ']') at += 1;
  while (at < source.length && source[at] !== ']') {
    const named = source.startsWith('[:', at) ? source.indexOf(':]', at + 2) : -1;
    if (named >= 0) at = named + 2;
    else at += source[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

function alternativesOf(pieces: readonly Piece[]): Piece[][] {
  const alternatives: Piece[][] = [[]];
  for (const piece of pieces) {
    if (piece.kind === 'alternative') alternatives.push([]);
    else alternatives.at(-1)?.push(piece);
  }
  return alternatives;
}
