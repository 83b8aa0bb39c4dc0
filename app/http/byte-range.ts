import { UserError } from '../contract/errors.ts';

export interface ByteRange {
  /** First and last byte, inclusive. */
  start: number;
  end: number;
  isPartial: boolean;
}

/** Reads a `Range` header with one range (RFC 9110, 14.1.2); others, and malformed ones, are ignored as it says. */
export function byteRange(header: string | undefined, size: number): ByteRange {
  const whole = { start: 0, end: size - 1, isPartial: false };
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return whole;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || end < start) {
    throw new UserError('range_not_satisfiable', `The range ${header ?? ''} lies outside the ${size} bytes there are.`);
  }
  return { start, end, isPartial: true };
}
