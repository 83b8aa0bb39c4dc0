import { randomInt } from 'node:crypto';

/** Nova's: no letters that look alike, no marks that a command line would mistake for an option. */
const GROUPS = ['23456789', 'ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz'] as const;

/** A password of so many letters (3 or more) with a digit, a capital and a small letter in it, as rules often want. */
export function randomPassword(length: number): string {
  const all = GROUPS.join('');
  for (;;) {
    const letters = Array.from({ length }, () => all[randomInt(all.length)] ?? '');
    if (GROUPS.every((group) => letters.some((letter) => group.includes(letter)))) return letters.join('');
  }
}
