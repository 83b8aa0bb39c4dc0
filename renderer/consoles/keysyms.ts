import layouts from '../../assets/keyboard-layouts.json' with { type: 'json' };

/** A key as the screen's protocol wants it: what it means (X11 keysym) and where it is (DOM code). */
export interface Key {
  keysym: number;
  code: string;
}

export interface Stroke extends Key {
  /** Keys that are down meanwhile. */
  held: readonly Key[];
}

const CONTROL: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const ALT: Key = { keysym: 0xffe9, code: 'AltLeft' };
const SUPER: Key = { keysym: 0xffeb, code: 'MetaLeft' };
const SHIFT: Key = { keysym: 0xffe1, code: 'ShiftLeft' };
const ALT_GR: Key = { keysym: 0xfe03, code: 'AltRight' };
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

/** What a key gives alone, with Shift, with AltGr and with both. A sign that stands twice comes once a blank follows. */
type Levels = readonly string[];

/** By the language whose keyboard it is (BCP 47). */
export const LAYOUTS: Readonly<Record<string, Readonly<Record<string, Levels>>>> = layouts;
export const USUAL_LAYOUT = 'en-US';

const BLANK: Stroke = { keysym: 0x20, code: 'Space', held: [] };
const HELD: readonly (readonly Key[])[] = [[], [SHIFT], [ALT_GR], [SHIFT, ALT_GR]];

/** The strokes of every character that the layout has, by as few held keys as can be. */
function charactersOf(layout: string): Map<string, readonly Stroke[]> {
  const characters = new Map<string, readonly Stroke[]>([
    ['\n', [{ ...ENTER, held: [] }]],
    ['\t', [{ ...TAB, held: [] }]],
  ]);
  const keys = Object.entries(LAYOUTS[layout] ?? LAYOUTS[USUAL_LAYOUT] ?? {});
  for (const [level, held] of HELD.entries()) {
    for (const [code, levels] of keys) {
      const given = levels[level] ?? '';
      const [character = ''] = given;
      if (character === '' || characters.has(character)) continue;
      const stroke = { keysym: keysymOf(character), code, held };
      characters.set(character, given.length > character.length ? [stroke, BLANK] : [stroke]);
    }
  }
  return characters;
}

/** Below U+0100 a keysym is the character's own number, above it stands behind a mark (X11's protocol, appendix A). */
function keysymOf(character: string): number {
  const number = character.codePointAt(0) ?? 0;
  return number < 0x100 ? number : 0x01000000 + number;
}

/**
 * A text as strokes on a keyboard of that layout, and the characters that it does not have. Keys travel as positions, so
 * a guest set to another layout reads other characters.
 */
export function strokesOf(text: string, layout: string): { strokes: Stroke[]; missing: string[] } {
  const characters = charactersOf(layout);
  const strokes: Stroke[] = [];
  const missing = new Set<string>();
  for (const character of text.replaceAll(/\r\n?/g, '\n')) {
    const found = characters.get(character);
    if (found) strokes.push(...found);
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
  pressTogether([...stroke.held, stroke], send);
}
