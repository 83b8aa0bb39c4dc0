import { z } from 'zod';
import { parseBoolean } from './boolean-text.ts';

/** Fields of bodies and queries that several of OpenStack's services have with the same limits. */

/** Control characters, lone surrogates and line separators; other characters are data. */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Those of `parseBoolean` in any case, written so that the pattern says it without a flag, which JSON Schema has not. */
const BOOLEAN =
  /^\s*(?:[tT][rR][uU][eE]|1|[tT]|[yY][eE][sS]|[yY]|[oO][nN]|[fF][aA][lL][sS][eE]|0|[fF]|[nN][oO]|[nN]|[oO][fF][fF])\s*$/;

export const booleanField = z.union([
  z.boolean(),
  z
    .string()
    .regex(BOOLEAN, { error: ({ input }) => `'${String(input).slice(0, 40)}' is not a boolean` })
    .transform((value) => parseBoolean(value) ?? false),
]);

/** Whole numbers as text, by the least there is. */
const INTEGERS = {
  '-1': /^(?:-1|0|[1-9][0-9]{0,8}|1[0-9]{9})$/,
  0: /^(?:0|[1-9][0-9]{0,8}|1[0-9]{9})$/,
  1: /^(?:[1-9][0-9]{0,8}|1[0-9]{9})$/,
};

/** Whole numbers that clients also send as text, from the least on. */
export function integerField(minimum: -1 | 0 | 1) {
  return integerWithin(minimum, 0x7fffffff, INTEGERS[`${minimum}`]);
}

/** The same of a range, with the texts that say a number of it: a description has no other way to bound a text. */
export function integerWithin(minimum: number, maximum: number, texts: RegExp) {
  const whole = z.number().int().min(minimum).max(maximum);
  const text = z.string().regex(texts, `Not a whole number from ${minimum} to ${maximum}`);
  return z.union([whole, text.transform(Number).pipe(whole)]);
}

/** One query parameter; of a repeated one the last counts, as in Nova. */
export const queryText = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value) => (typeof value === 'string' ? value : (value.at(-1) ?? '')));
