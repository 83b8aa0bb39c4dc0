/** An address inside the dashboard: `//host` and `/\host` would lead a browser elsewhere. */
export function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}
