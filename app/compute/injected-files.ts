import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import type { Transaction } from '../database/database.ts';
import { UNPRINTABLE } from '../http/field.schema.ts';
import { UNLIMITED } from '../quota/quota.limits.ts';
import type { QuotaService } from '../quota/quota.service.ts';
import { isBase64 } from './base64.ts';

/** Nova's `personality`, until 2.56: files that a guest finds on its config drive, and puts where their paths say. */
const injectedFile = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(4096)
    .refine((path) => !UNPRINTABLE.test(path), 'It can only contain printable characters'),
  contents: z
    .string()
    .max(1024 * 1024)
    .refine(isBase64, 'Not base64')
    .meta({ contentEncoding: 'base64' }),
});
export type InjectedFile = z.infer<typeof injectedFile>;

/** More than anybody is allowed who has a limit. */
const MOST_FILES = 100;
export const personalityField = z.array(injectedFile).max(MOST_FILES);

/** 403 where limits of the project are passed: of their number, then of paths, then of what is in them. */
export async function assertInjectedFiles(
  trx: Transaction,
  quota: Pick<QuotaService, 'limits'>,
  { projectId, userId }: { projectId: string; userId: string | null },
  files: readonly InjectedFile[],
): Promise<void> {
  if (files.length === 0) return;
  const limits = await quota.limits({ projectId, ...(userId !== null && { userId }) }, trx);
  const isOver = (asked: number, limit: number) => limit !== UNLIMITED && asked > limit;
  const refuse = (message: string) => new UserError('quota_exceeded', message, { field: 'personality' });
  const { injected_file_path_bytes: path, injected_file_content_bytes: content } = limits;
  if (isOver(files.length, limits.injected_files)) throw refuse('Personality file limit exceeded');
  if (files.some((file) => isOver(Buffer.byteLength(file.path), path))) {
    throw refuse(`Personality file path exceeds maximum ${path}`);
  }
  if (files.some(({ contents }) => isOver(Buffer.from(contents, 'base64').length, content))) {
    throw refuse(`Personality file content exceeds maximum ${content}`);
  }
}
