import { timingSafeEqual } from 'node:crypto';

/** Everything but `A-Za-z0-9-_.~` escaped (RFC 3986), as text that is signed is written by Amazon and by OAuth. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Without telling by its time how much of it was right. */
export function isSameSignature(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
