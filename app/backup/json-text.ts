/** What a file of ours holds; null where that is no JSON, because it was cut off say. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
