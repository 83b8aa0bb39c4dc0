/** A key as the screen's protocol wants it: what it means (X11 keysym) and where it is (DOM code). */
export interface Key {
  keysym: number;
  code: string;
}

export interface Stroke extends Key {
  isShifted: boolean;
}

const CONTROL: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const ALT: Key = { keysym: 0xffe9, code: 'AltLeft' };
const SUPER: Key = { keysym: 0xffeb, code: 'MetaLeft' };
export const SHIFT: Key = { keysym: 0xffe1, code: 'ShiftLeft' };
const TAB: Key = { keysym: 0xff09, code: 'Tab' };
const ENTER: Key = { keysym: 0xff0d, code: 'Enter' };
const ESCAPE: Key = { keysym: 0xff1b, code: 'Escape' };
const DELETE: Key = { keysym: 0xffff, code: 'Delete' };
const BACKSPACE: Key = { keysym: 0xff08, code: 'Backspace' };
const PRINT: Key = { keysym: 0xff61, code: 'PrintScreen' };
const functionKey = (number: number): Key => ({ keysym: 0xffbd + number, code: `F${number}` });

/** Combinations that the browser or the system here would keep for itself. Their names are those on the keys. */
export const SEND_KEYS: readonly { label: string; keys: readonly Key[]; group: 'system' | 'console' | 'single' }[] = [
  { label: 'Ctrl+Alt+Del', keys: [CONTROL, ALT, DELETE], group: 'system' },
  { label: 'Ctrl+Alt+Backspace', keys: [CONTROL, ALT, BACKSPACE], group: 'system' },
  { label: 'Alt+Tab', keys: [ALT, TAB], group: 'system' },
  { label: 'Alt+F4', keys: [ALT, functionKey(4)], group: 'system' },
  { label: 'Super', keys: [SUPER], group: 'system' },
  ...[1, 2, 3, 4, 5, 6].map((number) => ({
    label: `Ctrl+Alt+F${number}`,
    keys: [CONTROL, ALT, functionKey(number)],
    group: 'console' as const,
  })),
  { label: 'Esc', keys: [ESCAPE], group: 'single' },
  { label: 'Print Screen', keys: [PRINT], group: 'single' },
  { label: 'F11', keys: [functionKey(11)], group: 'single' },
];

// Keys of the US layout from their codes: what they give alone and with Shift.
const US_KEYS: [code: string, plain: string, shifted: string][] = [
  ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter): [string, string, string] => [
    `Key${letter.toUpperCase()}`,
    letter,
    letter.toUpperCase(),
  ]),
  ...[...'1234567890'].map((digit, index): [string, string, string] => [
    `Digit${digit}`,
    digit,
    '!@#$%^&*()'[index] ?? '',
  ]),
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Backquote', '`', '~'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
  ['Space', ' ', ' '],
];

const STROKES = new Map<string, Stroke>([
  ['\n', { ...ENTER, isShifted: false }],
  ['\t', { ...TAB, isShifted: false }],
]);
for (const [code, plain, shifted] of US_KEYS) {
  // Below U+0100 a keysym is the character's own number.
  if (shifted !== plain) STROKES.set(shifted, { keysym: shifted.charCodeAt(0), code, isShifted: true });
  STROKES.set(plain, { keysym: plain.charCodeAt(0), code, isShifted: false });
}

/**
 * A text as strokes on a US keyboard, and the characters that it does not have. Keys travel as positions, so a guest
 * set to another layout reads other characters.
 */
export function strokesOf(text: string): { strokes: Stroke[]; missing: string[] } {
  const strokes: Stroke[] = [];
  const missing = new Set<string>();
  for (const character of text.replaceAll(/\r\n?/g, '\n')) {
    const stroke = STROKES.get(character);
    if (stroke) strokes.push(stroke);
    else missing.add(character);
  }
  return { strokes, missing: [...missing] };
}

export type SendKey = (keysym: number, code: string, isDown: boolean) => void;

/** Presses in order, releases in reverse. */
export function pressTogether(keys: readonly Key[], send: SendKey): void {
  for (const key of keys) send(key.keysym, key.code, true);
  for (const key of keys.toReversed()) send(key.keysym, key.code, false);
}

export function pressStroke(stroke: Stroke, send: SendKey): void {
  pressTogether(stroke.isShifted ? [SHIFT, stroke] : [stroke], send);
}
