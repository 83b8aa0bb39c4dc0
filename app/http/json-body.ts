import { UserError } from '../contract/errors.ts';
import { DEFAULT_LIMITS, type RequestLimits } from './request-limits.ts';

/**
 * Parses a JSON body, and refuses what `JSON.parse` would take silently or choke on: the same key twice (of which one
 * would be lost), more of anything than `limits` allow, keys that mean an object's prototype, and characters that no text
 * here may have: NUL, at which other programs end a text, and half a surrogate pair, which cannot be stored.
 */
export function parseJsonBody(body: string, limits: RequestLimits = DEFAULT_LIMITS): unknown {
  // A byte order mark is no part of the text (RFC 8259, 8.1).
  const text = body.replace(/^\uFEFF/, '');
  scan(text, limits);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError('bad_request', 'Malformed request body: it is not valid JSON.', { field: 'body', cause });
  }
}

interface Level {
  /** Null in a list. */
  keys: Set<string> | null;
  /** The member being read. */
  key: string;
  /** Commas so far. */
  commas: number;
}

/** One pass over the characters; what is no JSON at all is left to the parser. */
function scan(text: string, limits: RequestLimits): void {
  const levels: Level[] = [];
  let keys = 0;
  let isKeyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
      case '[': {
        const isObject = text[at] === '{';
        levels.push({ keys: isObject ? new Set() : null, key: '', commas: 0 });
        if (levels.length > limits.depth) throw refused(levels, `nests deeper than ${limits.depth} levels`);
        isKeyNext = isObject;
        break;
      }
      case '}':
      case ']':
        levels.pop();
        isKeyNext = false;
        break;
      case ',': {
        const level = levels.at(-1);
        isKeyNext = level?.keys != null;
        if (level) level.commas += 1;
        if (!isKeyNext && level && level.commas >= limits.list_entries) {
          throw refused(levels, `has more than ${limits.list_entries} entries`);
        }
        break;
      }
      case '"': {
        const end = endOfString(text, at);
        if (isKeyNext) {
          addKey(levels, text.slice(at, end + 1), limits);
          keys += 1;
          if (keys > limits.body_keys) throw refused([], `has more than ${limits.body_keys} keys`);
        } else checkText(levels, text.slice(at, end + 1));
        isKeyNext = false;
        at = end;
        break;
      }
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function addKey(levels: Level[], quoted: string, limits: RequestLimits): void {
  const level = levels.at(-1);
  const key = quoted.includes('\\') ? unescaped(quoted) : quoted.slice(1, -1);
  if (!level?.keys || key === undefined) return;
  const { key: _before, keys } = level;
  if (keys.size >= limits.object_keys) throw refused(levels.slice(0, -1), `has more than ${limits.object_keys} keys`);
  level.key = key;
  checkText(levels, quoted);
  if (key === '__proto__' || (key === 'prototype' && levels.at(-2)?.key === 'constructor')) {
    throw refused(levels, 'is not allowed');
  }
  if (keys.has(key)) throw refused(levels, 'is there twice');
  keys.add(key);
}

/** Characters that JSON can only have escaped: the text itself is sound UTF-8 without control characters. */
function checkText(levels: readonly Level[], quoted: string): void {
  if (!/\\u(?:0000|d[89a-f])/i.test(quoted)) return;
  const text = unescaped(quoted);
  if (text?.includes('\0')) throw refused(levels, 'has a NUL character');
  if (text?.isWellFormed() === false) throw refused(levels, 'has half of a surrogate pair, which is no character');
}

/** Escapes hide what a key is: `"\u0061"` is `a`. */
function unescaped(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

function refused(levels: readonly Level[], why: string): UserError {
  const field = levels
    .map(({ key }) => key)
    .filter((key) => key !== '')
    .join('.')
    .replaceAll('\0', '')
    .toWellFormed()
    .slice(0, 200);
  return new UserError('bad_request', `Invalid input for field/attribute ${field || 'body'}. It ${why}.`, {
    field: field || 'body',
  });
}
