import { Secret, TOTP } from 'otpauth';
import type { UserRecord } from '../directory/directory.repository.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { SignInGuard } from '../token/sign-in-guard.ts';
import type { Credentials } from './credential.resource.ts';

const PERIOD_S = 30;
const DIGITS = 6;

interface Parts extends Pick<IdentityParts, 'database' | 'now'> {
  credentials: Credentials;
  guard: SignInGuard;
  previousWindows: number;
}

/** Time-based one-time passwords (RFC 6238) over the user's credentials of type `totp`, whose blob is the secret. */
export class TotpService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Each code is right once; wrong ones count for the limits of sign-in. */
  async check(attempt: {
    user: UserRecord | undefined;
    account: string;
    passcode: string;
    address: string;
  }): Promise<boolean> {
    const { user, account, passcode, address } = attempt;
    const key = { account: `totp ${user ? user.id : account}`, address };
    return await this.#parts.guard.count(
      key,
      async () => user?.enabled === true && (await this.#use(user.id, passcode)),
    );
  }

  async #use(userId: string, passcode: string): Promise<boolean> {
    for (const credential of await this.#parts.credentials.seek({ user_id: userId, type: 'totp' })) {
      const step = this.#stepOf(credential.blob, passcode);
      if (step === null) continue;
      return await this.#parts.database.transaction(async (trx) => {
        await trx
          .deleteFrom('identity_totp_use')
          .where('credential_id', '=', credential.id)
          .where('step', '<', step - this.#parts.previousWindows - 1)
          .execute();
        const done = await trx
          .insertInto('identity_totp_use')
          .values({ credential_id: credential.id, step })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        // Else its code was used before.
        return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
      });
    }
    return false;
  }

  /** The time step whose code this is: the present one or one of those before it that still count. */
  #stepOf(blob: string, passcode: string): number | null {
    let secret: Secret;
    try {
      secret = Secret.fromBase32(blob);
    } catch {
      // What was stored is no secret: nothing is right for it.
      return null;
    }
    const timestamp = this.#parts.now();
    const totp = new TOTP({ secret, digits: DIGITS, period: PERIOD_S, algorithm: 'SHA1' });
    const delta = totp.validate({ token: passcode, timestamp, window: this.#parts.previousWindows });
    return delta === null || delta > 0 ? null : Math.floor(timestamp / 1000 / PERIOD_S) + delta;
  }
}
