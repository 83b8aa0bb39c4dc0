/** Numbers on both sides. `=` is at least, as it has always been in Nova. */
const OF_NUMBERS: Readonly<Record<string, (has: number, wanted: number) => boolean>> = {
  '=': (has, wanted) => has >= wanted,
  '==': (has, wanted) => has === wanted,
  '!=': (has, wanted) => has !== wanted,
  '>=': (has, wanted) => has >= wanted,
  '<=': (has, wanted) => has <= wanted,
};
const OF_TEXTS: Readonly<Record<string, (has: string, wanted: string) => boolean>> = {
  's==': (has, wanted) => has === wanted,
  's!=': (has, wanted) => has !== wanted,
  's>=': (has, wanted) => has >= wanted,
  's>': (has, wanted) => has > wanted,
  's<=': (has, wanted) => has <= wanted,
  's<': (has, wanted) => has < wanted,
};

/** Whether what a host has is what an extra spec wants of it, in Nova's small language: an operator and words, or a text. */
export function meets(has: string, wanted: string): boolean {
  const [operator = '', ...words] = wanted.trim().split(/\s+/);
  const rest = words.join(' ');
  const ofNumbers = OF_NUMBERS[operator];
  if (ofNumbers && Object.hasOwn(OF_NUMBERS, operator)) return ofNumbers(Number(has), Number(rest || Number.NaN));
  const ofTexts = OF_TEXTS[operator];
  if (ofTexts && Object.hasOwn(OF_TEXTS, operator)) return ofTexts(has, rest);
  switch (operator) {
    case '<in>':
      return has.includes(rest);
    case '<all-in>':
      return words.every((word) => has.split(/[\s,]+/).includes(word));
    case '<or>':
      return wanted.split('<or>').some((each) => each.trim() !== '' && each.trim() === has);
    default:
      return has === wanted;
  }
}

const BOUND = /^(>=|<=|==|!=|>|<|=)?\s*(\d[\d.]*)$/;

export function isVersionBounds(bounds: string): boolean {
  return bounds.split(',').every((bound) => BOUND.test(bound.trim()));
}

/** Whether a version is within bounds such as `>=6.0, <8`, as images have them. */
export function isVersionWithin(version: string, bounds: string): boolean {
  return bounds.split(',').every((bound) => {
    const [, operator = '', wanted = ''] = BOUND.exec(bound.trim()) ?? [];
    if (wanted === '') return false;
    const order = compareVersions(version, wanted);
    switch (operator) {
      case '>=':
        return order >= 0;
      case '<=':
        return order <= 0;
      case '>':
        return order > 0;
      case '<':
        return order < 0;
      case '!=':
        return order !== 0;
      default:
        return order === 0;
    }
  });
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number));
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
