/** Names in one message before the rest is counted. */
const NAMED = 3;

/** `web-1, web-2, web-3 +7`. */
export function shortList(names: readonly string[]): string {
  const more = names.length > NAMED ? ` +${names.length - NAMED}` : '';
  return names.slice(0, NAMED).join(', ') + more;
}
