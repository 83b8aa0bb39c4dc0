/** The name of a private key's file: never a path, never hidden. */
export function privateKeyFile(name: string): string {
  return `${name.replace(/[^A-Za-z0-9_-]+/g, '-')}.pem`;
}
