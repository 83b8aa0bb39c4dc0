import { UserError } from '../contract/errors.ts';

/** A text as Python writes it, in single or double quotes. */
const TEXT = /^\s*u?(?:'((?:[^'\\]|\\.){0,255})'|"((?:[^"\\]|\\.){0,255})")\s*/;
const MOST = 128;

/** The dictionary of texts that clients send in a query as Python prints it: `{'multiattach': '<is> True'}`. */
export function parseSpecs(sent: string | undefined): Record<string, string> {
  if (sent === undefined) return {};
  const text = sent.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) throw noDictionary();
  const specs = new Map<string, string>();
  let rest = text.slice(1, -1).trim();
  while (rest !== '') {
    const key = take(rest);
    if (!key.rest.startsWith(':')) throw noDictionary();
    const value = take(key.rest.slice(1));
    specs.set(key.text, value.text);
    if (value.rest !== '' && !value.rest.startsWith(',')) throw noDictionary();
    rest = value.rest.slice(1).trim();
    if (specs.size > MOST) throw noDictionary();
  }
  return Object.fromEntries(specs);
}

function take(from: string): { text: string; rest: string } {
  const found = TEXT.exec(from);
  if (!found) throw noDictionary();
  const [whole, single, double] = found;
  return { text: (single ?? double ?? '').replace(/\\(.)/g, '$1'), rest: from.slice(whole.length) };
}

function noDictionary(): UserError {
  const message = "extra_specs must be a dictionary of texts, such as {'multiattach': '<is> True'}";
  return new UserError('bad_request', message, { field: 'extra_specs' });
}
