/** Files of texts by the names of their areas: `.../flavors.json` has those of `flavors`. */
export function byArea(files: Record<string, object>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(files).map(([path, texts]) => [path.slice(path.lastIndexOf('/') + 1, -'.json'.length), texts]),
  );
}
