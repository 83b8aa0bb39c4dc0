import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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
    return new AgentSecret((await readFile(file, 'utf8')).trim());
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
