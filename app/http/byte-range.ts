import { UserError } from '../contract/errors.ts';

export interface ByteRange {
  /** First and last byte, inclusive. */
  start: number;
  end: number;
  isPartial: boolean;
}

/** 416, whose answer says how much there is (RFC 9110, 15.5.17). */
export class UnsatisfiableRange extends UserError {
  readonly size: number;

  constructor(header: string, size: number) {
    super('range_not_satisfiable', `The range ${header.slice(0, 100)} lies outside the ${size} bytes there are.`);
    this.size = size;
  }
}

/**
 * Reads a `Range` header with one range (RFC 9110, 14.1.2). Others and malformed ones are ignored, as it says, and so is
 * one whose `If-Range` is not the tag of what there is now: whoever has a part of something else needs all of it.
 */
export function byteRange(
  { range, 'if-range': ifRange }: { range?: string | undefined; 'if-range'?: string | string[] | undefined },
  size: number,
  tag?: string | null,
): ByteRange {
  const whole = { start: 0, end: size - 1, isPartial: false };
  const match = /^bytes=(\d*)-(\d*)$/i.exec(range?.trim() ?? '');
  if (!range || !match || (match[1] === '' && match[2] === '')) return whole;
  // Strong comparison: a date or a weak tag is never ours.
  if (ifRange !== undefined && ifRange !== `"${tag}"`) return whole;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  if (first !== '' && last !== '' && Number(last) < Number(first)) return whole;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size) throw new UnsatisfiableRange(range, size);
  return { start, end, isPartial: true };
}
