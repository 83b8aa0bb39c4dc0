import { UserError } from '../contract/errors.ts';

/** More would let one request keep the controller busy for long. */
const MAX_LENGTH = 255;
const MAX_UNBOUNDED = 3;

/**
 * A filter such as `name=^web-[0-9]+$`: a regular expression found anywhere, in any case, as in Nova over MySQL. What
 * could take exponential time (repeated groups, back-references, look-around) is refused.
 */
export function namePattern(text: string, field: string): (value: string) => boolean {
  if (/^[\p{L}\p{N}\s_@-]*$/u.test(text)) {
    const plain = text.toLowerCase();
    return (value) => value.toLowerCase().includes(plain);
  }
  const unbounded = text.match(/[*+]|\{\d*,\}/g)?.length ?? 0;
  if (text.length > MAX_LENGTH || unbounded > MAX_UNBOUNDED || /\)[*+?{]|\\[1-9k]|\(\?/.test(text)) {
    throw refusal(text, field, 'That expression is too complex for a filter');
  }
  try {
    const pattern = new RegExp(text, 'i');
    return (value) => pattern.test(value);
  } catch {
    throw refusal(text, field, 'It is not a regular expression');
  }
}

function refusal(text: string, field: string, why: string): UserError {
  const value = text.slice(0, MAX_LENGTH);
  return new UserError('bad_request', `Invalid input for query parameter ${field}. Value: ${value}. ${why}.`, {
    field,
  });
}
