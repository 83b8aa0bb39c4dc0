import { Readable } from 'node:stream';
import type { z } from 'zod';
import { type AuditQuery, auditExportQuerySchema, auditListSchema, auditQuerySchema } from '../contract/audit.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import type { AuditService } from './audit.service.ts';
import { CSV_HEAD, toCsvLine } from './audit-csv.ts';

/** `/v1/audit`: the audit trail, and all of it as a file. */
export function auditRoutes(audit: AuditService): RouteDefinition[] {
  return [
    route<AuditQuery, unknown>({
      method: 'GET',
      path: '/audit',
      rule: 'v1:audit:list',
      query: auditQuerySchema,
      answer: auditListSchema,
      handler: ({ context, query }) => audit.list(context, query),
    }),
    route<z.infer<typeof auditExportQuerySchema>, unknown>({
      method: 'GET',
      path: '/audit/export',
      rule: 'v1:audit:list',
      query: auditExportQuerySchema,
      answerTypes: ['application/x-ndjson', 'text/csv'],
      handler: async ({ context, query: { format, ...filter }, reply }) => {
        const pages = audit.export(context, filter);
        const isCsv = format === 'csv';
        reply.type(isCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
        reply.header('content-disposition', `attachment; filename="audit.${isCsv ? 'csv' : 'ndjson'}"`);
        return reply.send(Readable.from(isCsv ? csv(pages) : lines(pages)));
      },
    }),
  ];
}

async function* csv(pages: ReturnType<AuditService['export']>): AsyncGenerator<string> {
  yield CSV_HEAD;
  for await (const page of pages) yield page.map(toCsvLine).join('');
}

async function* lines(pages: ReturnType<AuditService['export']>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((record) => `${JSON.stringify(record)}\n`).join('');
}
