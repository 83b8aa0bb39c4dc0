import { expect, test } from 'vitest';
import { generateSshKeypair, parsePublicKey } from './ssh-key.ts';

test('what is stored is what was checked: blanks around it go, signs that only look like blanks are refused', () => {
  const [type, base64] = generateSshKeypair('me').publicKey.split(' ');
  const lines = [
    `\u{feff}${type} ${base64} me`,
    `${type}\u{a0}${base64} me`,
    `${type} ${base64}\u{2028}me`,
    `\u{2029}${type} ${base64}`,
    `${type}\u{3000}${base64}`,
    `${type} ${base64} me\u{85}`,
    `${type}\v${base64}`,
  ];
  for (const line of lines) expect(() => parsePublicKey(line), JSON.stringify(line)).toThrow();
  const cleaned = `${type}\t${base64} me 中`;
  expect(parsePublicKey(`\r\n\t ${cleaned} \r\n`)).toEqual({
    publicKey: cleaned,
    fingerprint: parsePublicKey(`${type} ${base64}`).fingerprint,
  });
});
