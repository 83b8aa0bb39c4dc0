import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationalError } from '../contract/errors.ts';

/** The secret this computer's agent shows the controller: `secrets/agent` in the data folder, made at the first start. */
export class AgentSecret {
  readonly #digest: Buffer;

  private constructor(secret: string) {
    this.#digest = digest(secret);
  }

  static async open(dataDir: string): Promise<AgentSecret> {
    const file = join(dataDir, 'secrets', 'agent');
    await mkdir(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
    try {
      await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const secret = (await readFile(file, 'utf8')).trim();
    if (secret === '') {
      // Cut short by a crash or a full disk; an empty secret would keep every agent out, or let every one in.
      throw new OperationalError('unavailable', 'controller', `The agents' secret in ${file} is empty.`, {
        hint: 'Delete the file and start again; a new one is made.',
      });
    }
    return new AgentSecret(secret);
  }

  /** Checks an `Authorization: Bearer` header in constant time. */
  matches(header: string | undefined): boolean {
    const given = /^Bearer (.+)$/.exec(header ?? '')?.[1];
    return given !== undefined && timingSafeEqual(digest(given), this.#digest);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
