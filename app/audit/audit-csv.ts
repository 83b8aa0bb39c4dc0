import type { AuditRecord } from '../contract/audit.ts';

const COLUMNS: readonly [string, (record: AuditRecord) => string | number | null | undefined][] = [
  ['time', (record) => record.createdAt],
  ['user', (record) => record.user?.name],
  ['user_id', (record) => record.user?.id],
  ['action', (record) => record.action],
  ['outcome', (record) => record.outcome],
  ['status', (record) => record.status],
  ['reason', (record) => record.reason],
  ['count', (record) => record.count],
  ['resource', (record) => record.resource?.name],
  ['resource_id', (record) => record.resource?.id],
  ['project_id', (record) => record.projectId],
  ['domain_id', (record) => record.domainId],
  ['address', (record) => record.address],
  ['user_agent', (record) => record.userAgent],
  ['method', (record) => record.method],
  ['path', (record) => record.path],
  ['request_id', (record) => record.requestId],
];

export const CSV_HEAD = `${COLUMNS.map(([name]) => name).join(',')}\r\n`;

/** RFC 4180. What a spreadsheet would take for a formula is made a text (OWASP, "CSV Injection"). */
export function toCsvLine(record: AuditRecord): string {
  return `${COLUMNS.map(([, value]) => quote(String(value(record) ?? ''))).join(',')}\r\n`;
}

function quote(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
