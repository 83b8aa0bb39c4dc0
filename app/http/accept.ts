/** More than any client sends; the rest is not looked at. */
const MOST_RANGES = 64;

/**
 * Which of `offers` an Accept header likes best (RFC 9110, 12.5.1): by the quality of the most specific range that
 * matches, the first of equals. Without a header everything is liked. Null: none of them.
 */
export function preferredType<T extends string>(accept: string | undefined, offers: readonly T[]): T | null {
  const ranges = (accept?.trim() || '*/*').split(',', MOST_RANGES).map(readRange);
  let best: { offer: T; quality: number } | null = null;
  for (const offer of offers) {
    const quality = qualityOf(offer, ranges);
    if (quality > (best?.quality ?? 0)) best = { offer, quality };
  }
  return best?.offer ?? null;
}

interface MediaRange {
  type: string;
  quality: number;
}

function readRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

function qualityOf(offer: string, ranges: readonly MediaRange[]): number {
  const patterns = [offer, `${offer.slice(0, offer.indexOf('/'))}/*`, '*/*'];
  for (const pattern of patterns) {
    const range = ranges.find(({ type }) => type === pattern);
    if (range) return range.quality;
  }
  return 0;
}
