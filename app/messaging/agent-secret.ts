import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { OperationalError } from '../contract/errors.ts';
import { readSecret, secretFile, writeSecret } from '../secret-file.ts';

/** The secret this computer's agent shows the controller: `secrets/agent` in the data folder, made at the first start. */
export class AgentSecret {
  readonly #digest: Buffer;

  private constructor(secret: string) {
    this.#digest = digest(secret);
  }

  static async open(dataDir: string): Promise<AgentSecret> {
    const kept = await readSecret(dataDir, 'agent');
    const secret = kept?.trim() ?? randomBytes(32).toString('base64url');
    if (kept === undefined) await writeSecret(dataDir, 'agent', secret);
    if (secret === '') {
      // An empty secret would keep every agent out, or let every one in.
      const file = secretFile(dataDir, 'agent');
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
