import { MAX_SKEW_MS, type OAuthParameters } from './oauth-signature.ts';

/** A signed request is good for once: those that were taken are remembered for as long as they would be fresh. */
export class UsedNonces {
  readonly #taken = new Map<string, { until: number; by: OAuthParameters }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** False where another request used it before; the same one may ask again, for its transaction may run again. */
  use(by: OAuthParameters): boolean {
    const { oauth_consumer_key, oauth_token, oauth_timestamp, oauth_nonce } = by;
    const now = this.#now();
    for (const [key, { until }] of this.#taken) {
      if (until > now) break;
      this.#taken.delete(key);
    }
    const key = JSON.stringify([oauth_consumer_key, oauth_token, oauth_timestamp, oauth_nonce]);
    const known = this.#taken.get(key);
    if (known) return known.by === by;
    this.#taken.set(key, { until: now + 2 * MAX_SKEW_MS, by });
    return true;
  }
}
