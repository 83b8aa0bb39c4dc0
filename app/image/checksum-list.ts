/**
 * The checksum of `fileName` in a list as distributions publish them: `<hash>  name` or `<hash> *name` (GNU),
 * `SHA256 (name) = <hash>` (BSD, also inside a PGP-signed text), or a file with one hash only.
 */
export function findChecksum(list: string, fileName: string, algorithm: 'sha256' | 'sha512'): string | null {
  const length = algorithm === 'sha256' ? 64 : 128;
  const lines = list.split(/\r?\n/).map((line) => line.trim());
  for (const line of lines) {
    const gnu = /^([0-9a-f]+)\s+\*?(\S.*)$/i.exec(line);
    if (gnu?.[1]?.length === length && baseName(gnu[2]) === fileName) return gnu[1].toLowerCase();
    const bsd = /^SHA(256|512)\s*\((.+)\)\s*=\s*([0-9a-f]+)$/i.exec(line);
    if (bsd?.[3]?.length === length && baseName(bsd[2]) === fileName) return bsd[3].toLowerCase();
  }
  // A list of one is about the file it lies beside, whatever its name says (it may name what a `latest` stands for).
  const contents = lines.filter((line) => line !== '');
  const only = contents.length === 1 ? /^([0-9a-f]+)(\s|$)/i.exec(contents[0] ?? '')?.[1] : undefined;
  return only?.length === length ? only.toLowerCase() : null;
}

function baseName(path = ''): string {
  return path.trim().split('/').at(-1) ?? '';
}
