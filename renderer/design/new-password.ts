/** Without letters and digits that look alike: such a password may be read out or copied by hand. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const DIGITS = '23456789';
const SIGNS = '-_.+=';
const ALL = LETTERS + DIGITS + SIGNS;
const LENGTH = 20;

/** About 115 bits, with at least one letter, digit and sign, as password rules ask for. */
export function newPassword(): string {
  for (;;) {
    const password = Array.from({ length: LENGTH }, () => pick(ALL)).join('');
    if ([LETTERS, DIGITS, SIGNS].every((kind) => [...password].some((sign) => kind.includes(sign)))) return password;
  }
}

function pick(signs: string): string {
  // What is left over of 256 is thrown again: every sign is as likely.
  const limit = 256 - (256 % signs.length);
  for (;;) {
    const [byte = 256] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) return signs[byte % signs.length] ?? '';
  }
}
