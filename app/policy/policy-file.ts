import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { parse } from 'yaml';
import { z } from 'zod';
import { OperationalError } from '../contract/errors.ts';
import type { PolicyService } from './policy.service.ts';

const FILE = 'policy.yaml';
const SETTLE_MS = 50;
const fileSchema = z.record(z.string(), z.string()).nullable();

/** What an administrator should know of the file: why it is not used, and rules in it that no service asks about. */
export interface PolicyFileState {
  problem: string | null;
  unknown: string[];
}

/**
 * `<dataDir>/policy.yaml` (rule name to check, as oslo.policy's file), taken up at the start and whenever it changes. A
 * file that cannot be used stops a start; while running, what held before goes on to hold, and log and `state` say why.
 */
export class PolicyFile {
  readonly #policy: PolicyService;
  readonly #file: string;
  readonly #log: Logger;
  readonly #watcher: FSWatcher;
  #timer: NodeJS.Timeout | undefined;
  state: PolicyFileState = { problem: null, unknown: [] };

  private constructor(policy: PolicyService, dataDir: string, log: Logger) {
    this.#policy = policy;
    this.#file = join(dataDir, FILE);
    this.#log = log;
    this.#watcher = watch(dataDir, { persistent: false }, (_event, name) => {
      if (name !== FILE) return;
      // Editors empty a file before they fill it: in between it would say nothing.
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#reload(), SETTLE_MS);
    });
  }

  static async follow(policy: PolicyService, dataDir: string, log: Logger): Promise<PolicyFile> {
    const file = new PolicyFile(policy, dataDir, log);
    try {
      await file.#load();
    } catch (error) {
      file.close();
      throw error;
    }
    return file;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher.close();
  }

  async #reload(): Promise<void> {
    try {
      await this.#load();
      this.#log.info('policy.yaml has been read again');
    } catch (error) {
      this.state = { ...this.state, problem: (error as Error).message };
      this.#log.error({ err: error }, 'policy.yaml cannot be used; what held before still holds');
    }
  }

  async #load(): Promise<void> {
    const file = this.#file;
    let text = '';
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    try {
      const unknown = this.#policy.override(fileSchema.parse(parse(text)) ?? {});
      if (unknown.length > 0) this.#log.warn({ rules: unknown }, 'policy.yaml has rules that no service asks about');
      this.state = { problem: null, unknown };
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String((cause as Error).message);
      throw new OperationalError('bad_request', 'controller', `${file} cannot be used: ${why}`, {
        hint: 'Each line is a rule and its check, such as "identity:list_users": "role:reader". Mend or remove the file.',
        cause,
      });
    }
  }
}
