import { type HashCost, PasswordHasher } from '../token/password-hash.ts';

/** For tests that are not about the cost of a hash: a ten-thousandth of what the product spends on each. */
export const CHEAP_HASH: HashCost = { logN: 4, r: 8, p: 1 };

/** Hashes for rows that tests write straight into the database. */
export const cheapHasher = new PasswordHasher(CHEAP_HASH);
