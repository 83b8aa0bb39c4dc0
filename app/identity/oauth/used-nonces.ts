import { MAX_SKEW_MS, type OAuthParameters } from './oauth-signature.ts';

/** A signed request is good for once: those that were taken are remembered for as long as they would be fresh. */
export class UsedNonces {
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** False where it was used before. */
  use({ oauth_consumer_key, oauth_token, oauth_timestamp, oauth_nonce }: OAuthParameters): boolean {
    const now = this.#now();
    for (const [key, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(key);
    }
    const key = JSON.stringify([oauth_consumer_key, oauth_token, oauth_timestamp, oauth_nonce]);
    if (this.#until.has(key)) return false;
    this.#until.set(key, now + 2 * MAX_SKEW_MS);
    return true;
  }
}
