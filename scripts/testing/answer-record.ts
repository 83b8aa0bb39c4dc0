import { createHash } from 'node:crypto';

/** One answer of an API, with what was asked. */
export interface Exchange {
  method: string;
  /** As declared: `/servers/:serverId`. */
  route: string;
  params: unknown;
  query: unknown;
  /** The microversion that was asked for, if any. */
  version: string | undefined;
  /** The body that was sent: parsed JSON, or text; undefined for a stream. */
  body: unknown;
  status: number;
  headers: Record<string, unknown>;
  /** Parsed JSON, text, or `<bytes>`. */
  answer: unknown;
}

/** What of a suite was recorded. */
export interface AnswerRecord {
  /** Seen in every run. */
  exact: ReadonlySet<string>;
  /** Of what differs from run to run (polls, random input): call, status and shape. */
  shapes: ReadonlySet<string>;
}

const LONG_TEXT = 400;
/** What changes is not looked for in longer texts, which would take the square of their length. */
const HUGE_TEXT = 20_000;
/** Larger answers than this stand as their digest. */
const LONG_ANSWER = 6000;
const ARROW = ' -> ';
const LOOSE = '~ ';

/** Headers that clients act on. */
const HEADERS = [
  ...['allow', 'cache-control', 'content-disposition', 'content-range', 'content-type', 'link', 'location'],
  ...['openstack-api-version', 'openstack-image-import-methods', 'retry-after', 'vary', 'www-authenticate'],
  ...['x-openstack-nova-api-version', 'x-subject-token', 'openstack-auth-receipt'],
];

/** The exchange as a line that is the same in every run. */
export function exactLine(exchange: Exchange): string {
  const { method, route, status } = exchange;
  const names = placeholdersFor(route);
  const asked = names.replace({
    ...(isEmpty(exchange.params) ? {} : { params: exchange.params }),
    ...(isEmpty(exchange.query) ? {} : { query: exchange.query }),
    ...(exchange.version === undefined ? {} : { version: exchange.version }),
    ...(exchange.body === undefined || exchange.body === null ? {} : { body: exchange.body }),
  });
  const headers = names.replace(
    Object.fromEntries(
      HEADERS.flatMap((name) => (exchange.headers[name] === undefined ? [] : [[name, exchange.headers[name]]])),
    ),
  );
  const answer = names.replace(exchange.answer);
  const text = JSON.stringify(answer) ?? '';
  const short = text.length > LONG_ANSWER ? `<${text.length} characters, ${digest(text)}>` : answer;
  return lineOf({ call: `${method} ${route}`, asked, status: String(status), headers, answer: short });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Only call, status and the types of the answer. */
export function looseLine({ method, route, status, answer }: Exchange): string {
  return looseOf(`${method} ${route}`, String(status), placeholdersFor(route).replace(answer));
}

function looseOf(call: string, status: string, answer: unknown): string {
  return `${call}${ARROW}${status} ${shape(answer)}`;
}

/** Keystone's lists are in no order. */
function placeholdersFor(route: string): Placeholders {
  return new Placeholders(route.startsWith('/identity'));
}

function shape(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${[...new Set(value.map(shape))].sort().join('|')}]`;
  if (typeof value !== 'object') return typeof value;
  const members = Object.entries(value).map(([key, part]) => `${key.replace(/^<(\w+):\d+>$/, '<$1>')}:${shape(part)}`);
  return `{${[...new Set(members)].join(',')}}`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}

function mixed(source: string, kinds = ['\\d', '[a-z]', '[A-Z]']): RegExp {
  const has = kinds.map((kind) => `(?=[\\w+/~-]*${kind})`).join('');
  return new RegExp(has + source);
}

/** Short ones, which only their name tells. */
const SECRET_MEMBERS = new Set([
  ...['audit_ids', 'oauth_verifier', 'secret', 'adminPass', 'passcode', 'signature', 'x-subject-token'],
]);

/** What no two runs have alike, in the order in which it is looked for. */
const CHANGING: readonly [kind: string, pattern: RegExp][] = [
  ['request', /req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/],
  ['id', /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/],
  ['fingerprint', /(?:[0-9a-f]{2}:){15}[0-9a-f]{2}/],
  ['mac', /(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}/],
  ['hash', /(?<![0-9a-zA-Z])[0-9a-f]{32,}(?![0-9a-zA-Z])/],
  ['time', /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?|(?<!\d)20\d{6}(?:T\d{6}Z)?(?!\d)/],
  ['day', /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/],
  // Of the network every cloud begins with; which are free hangs on how far deletes are.
  ['address', /(?<![\d.])10\.77\.0\.\d{2,3}(?!\d)/],
  ['port', /(?<=(?:127\.0\.0\.1|localhost|\[::1\]):)\d{2,5}/],
  ['folder', /(?:\/tmp|\/dev\/shm)\/[\w.-]+/],
  ['random', /(?<!\d)0\.\d{8,}/],
  // Whole: the last of its lines is of any length.
  ['key', /(?<=-----BEGIN [A-Z ]{1,40}-----\n)[\w+/=\n]+(?=-----END)/],
  // Long, and with capitals, small letters and digits mixed: tokens and keys, but no names.
  ['secret', mixed('[\\w+/~-]{60,}={0,2}')],
  ['token', mixed('[\\w+~-]{20,}={0,2}')],
  // One of a thousand has no digit.
  ['letters', mixed('[\\w+~-]{32,}={0,2}', ['[a-z]', '[A-Z]'])],
];
const ANY_CHANGING = new RegExp(CHANGING.map(([kind, { source }]) => `(?<${kind}>${source})`).join('|'), 'g');
/** They name the last of a page, which is any where a list has no order. */
const PAGE_LINKS = new Set(['next', 'previous']);
/** Those that may be equal or not by chance are not numbered. */
const UNNUMBERED = new Set(['request', 'time', 'day', 'port', 'folder', 'random']);
/** Milliseconds since 1970, from 2001 on. */
const EPOCH_MS = 1e12;

/** Puts `<id:1>` and the like in the place of what changes, by first sight, within one exchange. */
class Placeholders {
  readonly #isUnordered: boolean;
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** Lists without an order (`isUnordered`) are put into one by what does not change in them. */
  constructor(isUnordered: boolean) {
    this.#isUnordered = isUnordered;
  }

  replace(value: unknown, name = ''): unknown {
    if (typeof value === 'string') {
      if (SECRET_MEMBERS.has(name) && value !== '') return '<secret>';
      return this.#isUnordered && PAGE_LINKS.has(name) ? value.replace(ANY_CHANGING, '<any>') : this.#text(value);
    }
    if (typeof value === 'number') return value > EPOCH_MS ? '<epoch>' : value;
    if (Array.isArray(value)) {
      const parts = this.#isUnordered ? value.toSorted((a, b) => (unchanging(a) < unchanging(b) ? -1 : 1)) : value;
      return parts.map((part) => this.replace(part, name));
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    const replaced = entries.map(([key, part]) => [this.#text(key), this.replace(part, key)] as const);
    // Keys that are ids sort by chance.
    return Object.fromEntries(replaced.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }

  #text(text: string): string {
    if (text.length > HUGE_TEXT) return `${text.slice(0, 40)}<${text.length} characters>`;
    const replaced = text.replace(ANY_CHANGING, (match, ...rest) => {
      const groups: Record<string, string | undefined> = rest.at(-1);
      const found = CHANGING.find(([name]) => groups[name] !== undefined)?.[0] ?? 'text';
      const kind = found === 'letters' ? 'token' : found;
      if (UNNUMBERED.has(kind)) return `<${kind}>`;
      const known = this.#known.get(match);
      if (known !== undefined) return known;
      const count = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, count);
      this.#known.set(match, `<${kind}:${count}>`);
      return `<${kind}:${count}>`;
    });
    return replaced.length > LONG_TEXT ? `${replaced.slice(0, 40)}<${replaced.length} characters>` : replaced;
  }
}

function unchanging(value: unknown): string {
  return (JSON.stringify(value) ?? '').replace(ANY_CHANGING, '');
}

/** What occurs twice and is longer than this is written once. */
const WORTH_A_NAME = 100;
const NAMED = /^@\w+ /;

/** Sorted; parts that occur more than once are named by their digest and stand at the beginning. */
export function printRecord({ exact, shapes }: AnswerRecord): string {
  const lines = [...exact].map(partsOf);
  const counts = new Map<string, number>();
  const count = (value: unknown) => {
    if (!isObject(value)) return;
    const text = JSON.stringify(value);
    if (text.length < WORTH_A_NAME) return;
    counts.set(text, (counts.get(text) ?? 0) + 1);
    // The parts of what is written once are written once.
    if (counts.get(text) === 1) Object.values(value).forEach(count);
  };
  for (const { asked, headers, answer } of lines) [asked, headers, answer].forEach(count);
  const names = new Map<string, string>();
  const shorten = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    const text = JSON.stringify(value);
    const inner = () =>
      Array.isArray(value)
        ? value.map(shorten)
        : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shorten(part)]));
    if ((counts.get(text) ?? 0) < 2) return inner();
    const name = `@${digest(text)}`;
    if (!names.has(name)) names.set(name, JSON.stringify(inner()));
    return { '@': name };
  };
  const printed = lines.map(({ call, asked, status, headers, answer }) =>
    lineOf({ call, asked: shorten(asked), status, headers: shorten(headers), answer: shorten(answer) }),
  );
  const all = [
    ...[...names].map(([name, text]) => `${name} ${text}`).sort(),
    ...printed.sort(),
    ...[...shapes].sort().map((line) => `${LOOSE}${line}`),
  ];
  return all.map((line) => `${line}\n`).join('');
}

export function parseRecord(text: string): AnswerRecord {
  const lines = text.split('\n').filter((line) => line !== '');
  const names = new Map<string, unknown>(
    lines
      .filter((line) => NAMED.test(line))
      .map((line) => [line.slice(0, line.indexOf(' ')), JSON.parse(line.slice(line.indexOf(' ') + 1))]),
  );
  const expand = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    if (typeof value['@'] === 'string') return expand(names.get(value['@']));
    if (Array.isArray(value)) return value.map(expand);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, expand(part)]));
  };
  const exact = lines.filter((line) => !NAMED.test(line) && !line.startsWith(LOOSE)).map(partsOf);
  return {
    exact: new Set(
      exact.map((parts) =>
        lineOf({ ...parts, asked: expand(parts.asked), headers: expand(parts.headers), answer: expand(parts.answer) }),
      ),
    ),
    shapes: new Set(lines.filter((line) => line.startsWith(LOOSE)).map((line) => line.slice(LOOSE.length))),
  };
}

interface Parts {
  /** Method and route. */
  call: string;
  asked: unknown;
  status: string;
  headers: unknown;
  /** Undefined where there was none. */
  answer: unknown;
}

function lineOf({ call, asked, status, headers, answer }: Parts): string {
  const body = answer === undefined ? '' : ` ${JSON.stringify(answer)}`;
  return `${call} ${JSON.stringify(asked)}${ARROW}${status} ${JSON.stringify(headers)}${body}`;
}

function partsOf(line: string): Parts {
  const start = line.indexOf(' {');
  const asked = objectAt(line, start + 1);
  const afterAsked = start + 1 + asked.length + ARROW.length;
  const status = line.slice(afterAsked, line.indexOf(' ', afterAsked));
  const headers = objectAt(line, afterAsked + status.length + 1);
  const answer = line.slice(afterAsked + status.length + 1 + headers.length + 1);
  return {
    call: line.slice(0, start),
    asked: JSON.parse(asked),
    status,
    headers: JSON.parse(headers),
    answer: answer === '' ? undefined : JSON.parse(answer),
  };
}

function looselyOf(line: string): string {
  const { call, status, answer } = partsOf(line);
  return looseOf(call, status, answer);
}

/** The JSON object that begins at a place of a text. */
function objectAt(text: string, start: number): string {
  let depth = 0;
  for (const { 0: token, index } of text.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    if (depth === 0) return text.slice(start, start + index + 1);
  }
  throw new Error(`No whole object in ${text}`);
}

/** What one run saw: its exact lines, each with its loose one. */
export type Seen = ReadonlyMap<string, string>;

/** Several runs of the same code as one record: what was not in all of them counts by its shape only. */
export function mergeRuns(runs: readonly Seen[]): AnswerRecord {
  const all = new Map(runs.flatMap((run) => [...run]));
  const exact = new Set<string>();
  const shapes = new Set<string>();
  for (const [line, loose] of all) {
    if (runs.every((run) => run.has(line))) exact.add(line);
    else shapes.add(loose);
  }
  return { exact, shapes };
}

/** What is worked on meanwhile: a test that waits for it may look at any moment. */
const IN_MOTION =
  /^(?:GET \/(?:compute\/v2\.1\/servers|image\/v2\/images|network\/v2\.0\/ports|v1\/)[^ ]*|POST \/v1\/tasks\/:id\/cancel) .* -> 20[02] /;

interface Comparison {
  /** All tests ran, so that what was not seen is gone. */
  isComplete: boolean;
  /** Also what may be seen at another moment by chance. */
  isStrict: boolean;
  /** It ran on another database than what was recorded, where more comes at another moment: then types are compared. */
  isElsewhere?: boolean;
}

/** Sentences for what differs. */
export function compare(record: AnswerRecord, seen: Seen, { isComplete, isStrict, isElsewhere }: Comparison): string[] {
  const counts = (line: string) => isStrict || !IN_MOTION.test(line);
  const shapes = isElsewhere ? new Set([...record.shapes, ...[...record.exact].map(looselyOf)]) : record.shapes;
  const isKnown = (line: string, loose: string) => record.exact.has(line) || shapes.has(loose);
  const come = [...seen].flatMap(([line, loose]) => (isKnown(line, loose) || !counts(line) ? [] : [line]));
  const gone = isComplete && !isElsewhere ? [...record.exact].filter((line) => !seen.has(line) && counts(line)) : [];
  const problems: string[] = [];
  const unpaired = new Set(come);
  for (const line of gone.sort()) {
    const partner = [...unpaired].find((one) => askedOf(one) === askedOf(line));
    if (partner === undefined) {
      problems.push(`no more: ${cut(line)}`);
      continue;
    }
    unpaired.delete(partner);
    problems.push(
      `changed: ${cut(askedOf(line))}`,
      ...changes(partsOf(line), partsOf(partner)).map((one) => `    ${one}`),
    );
  }
  for (const line of [...unpaired].sort()) problems.push(`new: ${cut(line)}`);
  return problems;
}

function askedOf(line: string): string {
  const { call, asked } = partsOf(line);
  return `${call} ${JSON.stringify(asked)}`;
}

function changes(before: Parts, after: Parts): string[] {
  return (['status', 'headers', 'answer'] as const).flatMap((part) => differences(part, before[part], after[part]));
}

function differences(path: string, before: unknown, after: unknown): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) {
    const [was, is] = [before, after].map((value) =>
      value === undefined ? 'nothing' : cut(JSON.stringify(value), 120),
    );
    return [`${path}: ${was} -> ${is}`];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(`${path}.${key}`, before[key], after[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function cut(text: string, length = 300): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}
