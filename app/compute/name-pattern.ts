import { UserError } from '../contract/errors.ts';
import { compilePattern, PatternRefusal } from '../pattern/linear-pattern.ts';

const MAX_SHOWN = 255;

/**
 * A filter such as `name=^web-[0-9]+$`: a regular expression found anywhere, in any case, as in Nova over MySQL. What
 * is none is 400, as Nova's query schema has it (`format: regex`).
 */
export function namePattern(text: string, field: string): (value: string) => boolean {
  if (/^[\p{L}\p{N}\s_@-]*$/u.test(text)) {
    const plain = text.toLowerCase();
    return (value) => value.toLowerCase().includes(plain);
  }
  try {
    const pattern = compilePattern(text, { ignoresCase: true });
    return (value) => pattern.test(value);
  } catch (error) {
    if (!(error instanceof PatternRefusal)) throw error;
    const value = text.slice(0, MAX_SHOWN);
    throw new UserError(
      'bad_request',
      `Invalid input for query parameter ${field}. Value: ${value}. It ${error.message}.`,
      { field },
    );
  }
}
