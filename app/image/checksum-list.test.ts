import { expect, test } from 'vitest';
import { findChecksum } from './checksum-list.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const C = 'C'.repeat(128);

test('checksums are found in every form that distributions publish', () => {
  const gnu = `${A}  other.img\n${B} *disk.img\n`;
  expect(findChecksum(gnu, 'disk.img', 'sha256')).toBe(B);
  const bsd = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# disk.img: 123 bytes\nSHA256 (other.img) = ${A}\nSHA256 (disk.img) = ${B}\n-----BEGIN PGP SIGNATURE-----\nxyz\n`;
  expect(findChecksum(bsd, 'disk.img', 'sha256')).toBe(B);
  expect(findChecksum(`${C}\n`, 'disk.img', 'sha512')).toBe(C.toLowerCase());
  expect(findChecksum(`${A}  disk-2026.11.21.img\n`, 'disk.img', 'sha256')).toBe(A);
  expect(findChecksum(`${A}  ./images/disk.img\r\n${B}  x\r\n`, 'disk.img', 'sha256')).toBe(A);
});

test('nothing is guessed', () => {
  expect(findChecksum(`${A}  other.img\n${B}  third.img\n`, 'disk.img', 'sha256')).toBeNull();
  expect(findChecksum(`${A}  disk.img\n${B}  x\n`, 'disk.img', 'sha512')).toBeNull();
  expect(findChecksum('<html>not found</html>', 'disk.img', 'sha256')).toBeNull();
  expect(findChecksum('', 'disk.img', 'sha256')).toBeNull();
});
