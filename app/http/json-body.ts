import { UserError } from '../contract/errors.ts';

/** Levels of objects and lists in a body; what OpenStack's clients send has at most ten. */
const MAX_DEPTH = 64;

/**
 * Parses a JSON body, and refuses what `JSON.parse` would take silently or choke on: the same key twice (of which one
 * would be lost), depth beyond {@link MAX_DEPTH}, and keys that mean an object's prototype.
 */
export function parseJsonBody(body: string): unknown {
  // A byte order mark is no part of the text (RFC 8259, 8.1).
  const text = body.replace(/^\uFEFF/, '');
  scan(text);
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
}

/** One pass over the characters; what is no JSON at all is left to the parser. */
function scan(text: string): void {
  const levels: Level[] = [];
  let isKeyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
      case '[': {
        const isObject = text[at] === '{';
        levels.push({ keys: isObject ? new Set() : null, key: '' });
        if (levels.length > MAX_DEPTH) throw refused(levels, `nests deeper than ${MAX_DEPTH} levels`);
        isKeyNext = isObject;
        break;
      }
      case '}':
      case ']':
        levels.pop();
        isKeyNext = false;
        break;
      case ',':
        isKeyNext = levels.at(-1)?.keys != null;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (isKeyNext) addKey(levels, text.slice(at, end + 1));
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

function addKey(levels: Level[], quoted: string): void {
  const level = levels.at(-1);
  const key = quoted.includes('\\') ? unescaped(quoted) : quoted.slice(1, -1);
  if (!level?.keys || key === undefined) return;
  const { key: _before, keys } = level;
  level.key = key;
  if (key === '__proto__' || (key === 'prototype' && levels.at(-2)?.key === 'constructor')) {
    throw refused(levels, 'is not allowed');
  }
  if (keys.has(key)) throw refused(levels, 'is there twice');
  keys.add(key);
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
    .slice(0, 200);
  return new UserError('bad_request', `Invalid input for field/attribute ${field || 'body'}. It ${why}.`, {
    field: field || 'body',
  });
}
