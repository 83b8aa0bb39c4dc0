import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { parse } from 'yaml';
import { z } from 'zod';
import { OperationalError } from '../contract/errors.ts';
import type { PolicyService } from './policy.service.ts';

const FILE = 'policy.yaml';
const fileSchema = z.record(z.string(), z.string()).nullable();

/**
 * Takes up `<dataDir>/policy.yaml` (rule name to check, as oslo.policy's file), now and whenever it changes. A file that
 * cannot be used stops a start; while running, what held before goes on to hold and the log says why.
 */
export async function followPolicyFile(
  policy: PolicyService,
  dataDir: string,
  log: Logger,
): Promise<{ close(): void }> {
  await load(policy, join(dataDir, FILE));
  const watcher: FSWatcher = watch(dataDir, { persistent: false }, (_event, name) => {
    if (name !== FILE) return;
    load(policy, join(dataDir, FILE)).then(
      () => log.info('policy.yaml has been read again'),
      (error: unknown) => log.error({ err: error }, 'policy.yaml cannot be used; what held before still holds'),
    );
  });
  return { close: () => watcher.close() };
}

async function load(policy: PolicyService, file: string): Promise<void> {
  let text = '';
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    policy.override(fileSchema.parse(parse(text)) ?? {});
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String((cause as Error).message);
    throw new OperationalError('bad_request', 'controller', `${file} cannot be used: ${why}`, {
      hint: 'Each line is a rule and its check, such as "identity:list_users": "role:reader". Mend or remove the file.',
      cause,
    });
  }
}
