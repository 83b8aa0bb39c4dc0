import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteRange } from './byte-range.ts';

const whole = (size: number) => ({ start: 0, end: size - 1, isPartial: false });

test.for<[string, number, [number, number]]>([
  ['bytes=0-0', 10, [0, 0]],
  ['bytes=2-5', 10, [2, 5]],
  ['bytes=2-', 10, [2, 9]],
  ['bytes=-3', 10, [7, 9]],
  ['bytes=-30', 10, [0, 9]],
  ['bytes=5-900', 10, [5, 9]],
  ['BYTES=5-', 10, [5, 9]],
])('%s of %i bytes', ([header, size, [start, end]]) => {
  expect(byteRange({ range: header }, size)).toEqual({ start, end, isPartial: true });
});

test.for([
  undefined,
  '',
  'bytes=',
  'bytes=-',
  'bytes=a-b',
  'items=0-1',
  'bytes=0-1,3-4',
  'bytes=1--2',
  'bytes 0-1',
  'bytes=5-2',
])('what is not one range of bytes is ignored: %s', (header) => {
  expect(byteRange({ range: header }, 10)).toEqual(whole(10));
});

test.for<[string, number]>([
  ['bytes=10-', 10],
  ['bytes=10-12', 10],
  ['bytes=-0', 10],
  ['bytes=0-', 0],
  [`bytes=${'9'.repeat(400)}-`, 10],
])('%s of %i bytes cannot be given', ([header, size]) => {
  expect(() => byteRange({ range: header }, size)).toThrow(expect.objectContaining({ code: 'range_not_satisfiable' }));
});

test('a range always lies within what there is, and is what was asked for', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.option(fc.nat(2000)), fc.option(fc.nat(2000)), (size, first, last) => {
      const header = `bytes=${first ?? ''}-${last ?? ''}`;
      const bytes = Array.from({ length: size }, (_, index) => index);
      const wanted =
        first === null
          ? last === null
            ? bytes
            : bytes.slice(size - Math.min(size, last))
          : bytes.slice(first, last === null ? size : last + 1);
      if (first !== null && last !== null && last < first) {
        expect(byteRange({ range: header }, size)).toEqual(whole(size));
        return;
      }
      if (wanted.length === 0 && !(first === null && last === null)) {
        expect(() => byteRange({ range: header }, size)).toThrow();
        return;
      }
      const { start, end } = byteRange({ range: header }, size);
      expect(bytes.slice(start, end + 1)).toEqual(wanted);
    }),
  );
});

test('no header, however odd, is read as something outside the bytes', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (text, size) => {
      for (const header of [text, `bytes=${text}`]) {
        try {
          const { start, end } = byteRange({ range: header }, size);
          expect(start >= 0 && start <= end && end < size).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'range_not_satisfiable' });
        }
      }
    }),
  );
});

test('a part of something else is no use: the tag of If-Range has to be that of what there is now', () => {
  const isPartial = (ifRange: string) => byteRange({ range: 'bytes=1-', 'if-range': ifRange }, 10, 'abc').isPartial;
  expect(['"abc"', '"abd"', 'W/"abc"', 'abc', 'Sat, 28 Nov 2026 10:00:00 GMT'].map(isPartial)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
