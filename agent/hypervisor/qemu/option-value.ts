/** In `key=value` options a comma ends the value unless it is doubled. */
export function escapeOption(value: string): string {
  return value.replaceAll(',', ',,');
}
