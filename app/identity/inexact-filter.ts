/** Keystone's inexact filters, `name__icontains=x` (API reference, "Filtering and searching by attributes"). */
const COMPARE: Readonly<Record<string, (value: string, sought: string) => boolean>> = {
  contains: (value, sought) => value.includes(sought),
  startswith: (value, sought) => value.startsWith(sought),
  endswith: (value, sought) => value.endsWith(sought),
};

/** Whether a record is what `query` seeks; filters with comparators nobody knows are passed over, as in Keystone. */
export function matchesInexactly(
  record: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(query).every(([key, sought]) => {
    const border = key.indexOf('__', 1);
    const attribute = key.slice(0, border);
    const [, ignoresCase, comparator = ''] = border < 0 ? [] : (/^(i?)(\w+)$/.exec(key.slice(border + 2)) ?? []);
    const compare = Object.hasOwn(COMPARE, comparator) ? COMPARE[comparator] : undefined;
    if (!compare || typeof sought !== 'string') return true;
    const value = Object.hasOwn(record, attribute) ? record[attribute] : undefined;
    if (typeof value !== 'string') return false;
    return ignoresCase ? compare(value.toLowerCase(), sought.toLowerCase()) : compare(value, sought);
  });
}
