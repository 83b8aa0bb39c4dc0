import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Of scrypt: log2(N), block size and parallelism. */
export interface HashCost {
  logN: number;
  r: number;
  p: number;
}
/** OWASP's setting with 32 MiB. */
const COST: HashCost = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** PHC string format: algorithm, parameters, salt and key, so that the cost can rise without breaking what is stored. */
const STORED = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

/** Hashes passwords at one cost, and knows those that were hashed at any. */
export class PasswordHasher {
  readonly #cost: HashCost;
  /** What an account without a password (or no account at all) is compared with: no password gives this key. */
  readonly #nobody: string;

  constructor(cost: HashCost = COST) {
    this.#cost = cost;
    this.#nobody = toStored(cost, 'A'.repeat(22), 'A'.repeat(43));
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(password, salt, KEY_BYTES, this.#cost);
    return toStored(this.#cost, salt.toString('base64url'), key.toString('base64url'));
  }

  /** Costs the same whether `stored` is a password's hash or null (unknown user), so that time tells nothing. */
  async verify(password: string, stored: string | null): Promise<boolean> {
    const match = STORED.exec(stored ?? this.#nobody);
    if (!match) return false;
    const [, logN, r, p, salt, key] = match;
    const expected = Buffer.from(key ?? '', 'base64url');
    const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
    const actual = await derive(password, Buffer.from(salt ?? '', 'base64url'), expected.length, cost);
    return timingSafeEqual(actual, expected) && stored !== null;
  }
}

function toStored({ logN, r, p }: HashCost, salt: string, key: string): string {
  return `$scrypt$ln=${logN},r=${r},p=${p}$${salt}$${key}`;
}

function derive(password: string, salt: Buffer, bytes: number, { logN, r, p }: HashCost): Promise<Buffer> {
  const N = 2 ** logN;
  return new Promise((resolve, reject) => {
    // NFC: the same password typed on another keyboard may arrive as other code points.
    scrypt(password.normalize('NFC'), salt, bytes, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
