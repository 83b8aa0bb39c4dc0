/** Columns as wide as their widest cell. Names are other people's: nothing of them reaches the terminal but letters. */
export function textTable(rows: readonly string[][]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll(/\p{C}/gu, '?')));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
