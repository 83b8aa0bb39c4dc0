import type { Terminal } from '@xterm/xterm';

export interface TerminalMatch {
  row: number;
  column: number;
}

/** The lines of the scrollback and the screen; a line that was wrapped is one with what it goes on in. */
export function bufferLines(terminal: Terminal): { row: number; text: string }[] {
  const lines: { row: number; text: string }[] = [];
  const buffer = terminal.buffer.active;
  for (let row = 0; row < buffer.length; row++) {
    const line = buffer.getLine(row);
    if (!line) continue;
    const text = line.translateToString(false);
    const last = lines.at(-1);
    if (line.isWrapped && last) last.text += text;
    else lines.push({ row, text });
  }
  return lines;
}

/** Every place of `query`, whatever its case, from the top. */
export function findInLines(
  lines: readonly { row: number; text: string }[],
  query: string,
  columns: number,
): TerminalMatch[] {
  if (query === '') return [];
  const needle = query.toLowerCase();
  const found: TerminalMatch[] = [];
  for (const { row, text } of lines) {
    const haystack = text.toLowerCase();
    for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, at + needle.length)) {
      found.push({ row: row + Math.floor(at / columns), column: at % columns });
    }
  }
  return found;
}

/** Shows the match before (`-1`) or after (`1`) the one that is selected; answers its number, 0 for none. */
export function stepToMatch(terminal: Terminal, query: string, direction: -1 | 1): { at: number; count: number } {
  const matches = findInLines(bufferLines(terminal), query, terminal.cols);
  if (matches.length === 0) {
    terminal.clearSelection();
    return { at: 0, count: 0 };
  }
  const selected = terminal.getSelectionPosition();
  // Columns and rows of a selection count from 0 here.
  const from = selected ? selected.start.y * terminal.cols + selected.start.x : null;
  const place = (match: TerminalMatch): number => match.row * terminal.cols + match.column;
  let index: number;
  if (from === null) index = matches.length - 1;
  else if (direction === 1) index = matches.findIndex((match) => place(match) > from);
  else index = matches.findLastIndex((match) => place(match) < from);
  if (index === -1) index = direction === 1 ? 0 : matches.length - 1;
  const match = matches[index];
  if (match) {
    terminal.select(match.column, match.row, query.length);
    terminal.scrollToLine(Math.max(0, match.row - Math.floor(terminal.rows / 2)));
  }
  return { at: index + 1, count: matches.length };
}
