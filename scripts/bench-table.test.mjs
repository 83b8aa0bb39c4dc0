import { expect, test } from 'vitest';
import { formatTable, readFigure } from './bench-table.mjs';

test('reads figures and leaves other lines alone', () => {
  expect(readFigure('{"figure":"launch","value":142,"unit":"ms"}')).toEqual({
    figure: 'launch',
    value: 142,
    unit: 'ms',
  });
  for (const line of ['warming up', '{"level":30}', '{broken', '{"figure":"launch","value":"142"}']) {
    expect(readFigure(line)).toBeNull();
  }
});

test('sets ours and the peer beside each other', () => {
  const figures = [
    {
      bench: 'launch',
      figure: 'to process',
      value: 142.4,
      unit: 'ms',
      peer: 'qemu',
      peerValue: 98.04,
      aim: '< 150 more',
    },
    { bench: 'api', figure: 'page', value: 4.257, unit: 'ms' },
  ];
  expect(formatTable(figures)).toBe(
    [
      'benchmark  figure      Cumulet  peer          aim',
      'launch     to process  142 ms   98.0 ms qemu  < 150 more',
      'api        page        4.26 ms',
    ].join('\n'),
  );
});
