/**
 * A benchmark prints each figure as one line of JSON:
 * `{"figure":"launch to process","value":142,"unit":"ms","peer":"qemu by hand","peerValue":98,"aim":"at most 150 ms more"}`.
 * `peer`, `peerValue` (in the same unit) and `aim` may be left out. Answers null for any other line.
 */
export function readFigure(line) {
  if (!line.startsWith('{')) return null;
  let record;
  try {
    record = JSON.parse(line);
  } catch {
    return null;
  }
  return typeof record.figure === 'string' && typeof record.value === 'number' ? record : null;
}

/** Columns for a terminal: ours and the peer's beside it. */
export function formatTable(figures) {
  const rows = figures.map(({ bench, figure, value, unit, peer, peerValue, aim }) => [
    bench,
    figure,
    measure(value, unit),
    peerValue === undefined ? '' : `${measure(peerValue, unit)} ${peer ?? ''}`.trim(),
    aim ?? '',
  ]);
  const table = [['benchmark', 'figure', 'Cumulet', 'peer', 'aim'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function measure(value, unit = '') {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`.trim();
}
