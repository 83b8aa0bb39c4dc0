interface NamedValue {
  name: string;
  value: string;
}

/** The parts of a distinguished name (RFC 4514), outermost last; each may have several values. */
export function parseDn(dn: string): NamedValue[][] {
  return split(dn, ',').map((part) =>
    split(part, '+').map((pair) => {
      const at = pair.indexOf('=');
      return { name: pair.slice(0, at).trim(), value: unescapeValue(pair.slice(at + 1)) };
    }),
  );
}

/** Equal for names that mean the same entry: case, spaces and ways to escape do not count (RFC 4518, simplified). */
export function dnKey(dn: string): string {
  const parts = parseDn(dn).map((part) =>
    part.map(({ name, value }) => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ').toLowerCase()]).sort(),
  );
  return JSON.stringify(parts);
}

function split(text: string, separator: ',' | '+'): string[] {
  const parts: string[] = [];
  let part = '';
  for (const piece of text.match(/\\[\s\S]|"(?:\\[\s\S]|[^"\\])*"|[\s\S]/gu) ?? []) {
    if (piece === separator) {
      parts.push(part);
      part = '';
    } else part += piece;
  }
  return [...parts, part];
}

/** `\2C` is a byte of UTF-8, `\,` a character. */
function unescapeValue(value: string): string {
  const inner = /^ *"([\s\S]*)" *$/.exec(value)?.[1] ?? value.replace(/^ +/, '');
  return inner.replaceAll(
    /((?:\\[0-9a-fA-F]{2})+)|\\([\s\S])/g,
    (_whole, bytes: string | undefined, character: string) =>
      bytes === undefined ? character : Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
}
