import { UserError } from '../contract/errors.ts';
import { compilePattern, type LinearPattern, PatternRefusal } from '../pattern/linear-pattern.ts';

/**
 * oslo.policy's rule language (docs.openstack.org/oslo.policy, "Policy Rule Expressions"): `role:`, `rule:`,
 * `<credential or literal>:<literal or %(target)s>`, `@`, `!`, `and`, `or`, `not`, parentheses. An empty rule allows.
 */
export type Expression =
  | { kind: 'always' }
  | { kind: 'never' }
  | { kind: 'and' | 'or'; parts: Expression[] }
  | { kind: 'not'; part: Expression }
  | { kind: 'check'; left: string; right: string }
  | { kind: 'field'; attribute: string; wanted: string | LinearPattern };

/** Credentials and targets: nested plain objects, addressed by dotted paths. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface Evaluation {
  credentials: Attributes;
  target: Attributes;
  /** Names of the roles held, in small letters. */
  roles: ReadonlySet<string>;
  /** What another rule says; false for one that is not known. */
  rule: (name: string) => boolean;
}

/** 400 that says what is wrong with the text, and of which rule it is. */
export function parseExpression(text: string, name = 'rule'): Expression {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return { kind: 'always' };
  const parser = new Parser(tokens, text, name);
  return parser.whole();
}

/** Quoted literals may hold blanks; a closing parenthesis that belongs to `%(...)s` is part of its check. */
function tokensOf(text: string): string[] {
  return (
    text.match(/'[^']*':(?:%\([^)]*\)s|[^\s()])*|"[^"]*":(?:%\([^)]*\)s|[^\s()])*|(?:%\([^)]*\)s|[^\s()])+|[()]/g) ?? []
  );
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #text: string;
  readonly #name: string;
  #at = 0;

  constructor(tokens: readonly string[], text: string, name: string) {
    this.#tokens = tokens;
    this.#text = text;
    this.#name = name;
  }

  whole(): Expression {
    const expression = this.#or();
    if (this.#at < this.#tokens.length) throw this.#refuse();
    return expression;
  }

  #or(): Expression {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #chain(kind: 'and' | 'or', next: () => Expression): Expression {
    const parts = [next()];
    while (this.#tokens[this.#at]?.toLowerCase() === kind) {
      this.#at += 1;
      parts.push(next());
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind, parts };
  }

  #not(): Expression {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.#refuse();
    if (token.toLowerCase() === 'not') return { kind: 'not', part: this.#not() };
    if (token === '(') {
      const inner = this.#or();
      if (this.#tokens[this.#at++] !== ')') throw this.#refuse();
      return inner;
    }
    if (token === '@') return { kind: 'always' };
    if (token === '!') return { kind: 'never' };
    const colon = colonOf(token);
    if (colon <= 0) throw this.#refuse(token);
    if (token.startsWith('field:')) return this.#field(token);
    return { kind: 'check', left: token.slice(0, colon), right: token.slice(colon + 1) };
  }

  /** Neutron's `field:<resource>:<attribute>=<value>`; the value may be a `~pattern` from its beginning on. */
  #field(token: string): Expression {
    const [, attribute = '', value = ''] = /^field:\w+:([^=]+)=(.*)$/.exec(token) ?? [];
    if (attribute === '') throw this.#refuse(token);
    if (!value.startsWith('~')) return { kind: 'field', attribute, wanted: value };
    try {
      return { kind: 'field', attribute, wanted: compilePattern(value.slice(1), { at: 'start' }) };
    } catch (error) {
      if (!(error instanceof PatternRefusal)) throw error;
      throw this.#refuse(token, `; the pattern ${error.message}`);
    }
  }

  #refuse(token = this.#tokens[this.#at - 1] ?? '', why = ''): UserError {
    return new UserError(
      'bad_request',
      `${this.#name}: "${this.#text}" is no policy rule: it goes wrong at "${token}"${why}.`,
      { field: this.#name },
    );
  }
}

/** Of `left:right`: behind a quoted literal, else before `%(...)s`, else the first. */
function colonOf(token: string): number {
  const quote = /^['"]/.exec(token)?.[0];
  if (quote) return token.indexOf(':', token.indexOf(quote, 1));
  const beforeTarget = token.lastIndexOf(':%(');
  return beforeTarget > 0 ? beforeTarget : token.indexOf(':');
}

export function evaluate(expression: Expression, world: Evaluation): boolean {
  switch (expression.kind) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'and':
      return expression.parts.every((part) => evaluate(part, world));
    case 'or':
      return expression.parts.some((part) => evaluate(part, world));
    case 'not':
      return !evaluate(expression.part, world);
    case 'check':
      return check(expression.left, expression.right, world);
    case 'field':
      return isField(expression.attribute, expression.wanted, world.target);
  }
}

function check(left: string, right: string, world: Evaluation): boolean {
  if (left === 'rule') return world.rule(right);
  const wanted = interpolate(right, world.target);
  if (wanted === undefined) return false;
  if (left === 'role') return world.roles.has(wanted.toLowerCase());
  const literal = literalOf(left);
  if (literal !== undefined) return literal === wanted;
  const held = lookUp(world.credentials, left);
  // Said outright, not come by: rules ask with `domain_id:None` whether a token is of no domain.
  if (right === 'None' && (held === undefined || held === null)) return true;
  return Array.isArray(held)
    ? held.some((value) => asText(value) === wanted)
    : held !== undefined && asText(held) === wanted;
}

function isField(attribute: string, wanted: string | LinearPattern, target: Attributes): boolean {
  const value = lookUp(target, attribute);
  if (value === undefined) return false;
  return typeof wanted === 'string' ? asText(value) === wanted : wanted.test(asText(value));
}

/** Undefined where the target lacks the attribute: the check then fails, as in oslo.policy. */
function interpolate(text: string, target: Attributes): string | undefined {
  let isMissing = false;
  const filled = text.replace(/%\(([^()]*)\)s/g, (_, path: string) => {
    const value = lookUp(target, path);
    if (value === undefined) isMissing = true;
    return asText(value);
  });
  return isMissing ? undefined : filled;
}

/** A whole dotted name may be a key of its own; else it is a path. Only own members count. */
function lookUp(attributes: Attributes, path: string): unknown {
  if (Object.hasOwn(attributes, path)) return attributes[path];
  let value: unknown = attributes;
  for (const key of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Attributes)[key];
  }
  return value;
}

/** As Python writes it: rules say `None:%(target.role.domain_id)s` and `True:%(user.enabled)s`. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  return String(value);
}

function literalOf(left: string): string | undefined {
  if (/^(None|True|False|\d+)$/.test(left)) return left;
  return /^(['"])(.*)\1$/.exec(left)?.[2];
}
