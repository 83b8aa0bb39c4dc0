/** Strict: the right alphabet, padding, and nothing else; line breaks are allowed as `base64` of the shell makes them. */
export function isBase64(text: string): boolean {
  const plain = text.replace(/[\r\n]/g, '');
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
}
