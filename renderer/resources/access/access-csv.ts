import { t } from '../../i18n/i18n.ts';
import type { AccessRow } from './access-row.ts';

/** RFC 4180. Programs for tables run cells that begin like a formula: an apostrophe makes them text. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** "Who has what" as a file for auditors. */
export function accessCsv(rows: readonly AccessRow[]): string {
  const head = ['kind', 'who', 'domain', 'role', 'on', 'where', 'whereDomain', 'how'] as const;
  const lines = rows.map(({ who, role, where, how }) => [
    t(`access:kind.${who.type}`),
    who.name,
    who.domain,
    role,
    t(`access:kind.${where.type}`),
    where.name,
    where.domain,
    how,
  ]);
  const named = head.map((column) => t(`access:csv.${column}`));
  return [named, ...lines].map((line) => `${line.map(csvCell).join(',')}\r\n`).join('');
}
