import { expect, it } from 'vitest';
import { LAYOUTS, pressStroke, pressTogether, SEND_KEYS, type Stroke, strokesOf, USUAL_LAYOUT } from './keysyms.ts';

function typed(act: (send: (keysym: number, code: string, isDown: boolean) => void) => void): string[] {
  const log: string[] = [];
  act((keysym, code, isDown) => log.push(`${isDown ? '+' : '-'}${code}:${keysym.toString(16)}`));
  return log;
}

const written = (strokes: readonly Stroke[]): string =>
  strokes.map(({ held, code }) => [...held.map((key) => key.code), code].join('+')).join(' ');

it('types letters, capitals and signs as positions of a US keyboard', () => {
  const { strokes, missing } = strokesOf('aA1!/? ~\n\t', USUAL_LAYOUT);
  expect(written(strokes)).toBe(
    'KeyA ShiftLeft+KeyA Digit1 ShiftLeft+Digit1 Slash ShiftLeft+Slash Space ShiftLeft+Backquote Enter Tab',
  );
  expect(missing).toEqual([]);
});

it('has every printable character of ASCII, with the keysym that is its number', () => {
  for (let code = 0x20; code < 0x7f; code++) {
    const { strokes } = strokesOf(String.fromCharCode(code), USUAL_LAYOUT);
    expect(strokes).toHaveLength(1);
    expect(strokes[0]?.keysym).toBe(code);
  }
});

it.each(Object.keys(LAYOUTS))('every keyboard has all of ASCII: %s', (layout) => {
  const ascii = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)).join('');
  expect(strokesOf(ascii, layout).missing).toEqual([]);
});

it('types as people do on other keyboards: other places, AltGr, and keys that wait for a letter', () => {
  expect(written(strokesOf('zü@^€', 'de').strokes)).toBe(
    'KeyY BracketLeft AltRight+KeyQ Backquote Space AltRight+KeyE',
  );
  expect(written(strokesOf('a1.', 'fr').strokes)).toBe('KeyQ ShiftLeft+Digit1 ShiftLeft+Comma');
  expect(strokesOf('€', 'de').strokes[0]?.keysym).toBe(0x010020ac);
  // One that a later version has and this one does not.
  expect(strokesOf('z', 'tlh').strokes[0]?.code).toBe('KeyZ');
});

it('makes one Enter of every kind of line end', () => {
  expect(strokesOf('a\r\nb\rc\nd', USUAL_LAYOUT).strokes.filter((stroke) => stroke.code === 'Enter')).toHaveLength(3);
});

it('names what a US keyboard does not have, once each, and types the rest', () => {
  const { strokes, missing } = strokesOf('é中a中😀', USUAL_LAYOUT);
  expect(strokes.map((stroke) => stroke.code)).toEqual(['KeyA']);
  expect(missing).toEqual(['é', '中', '😀']);
});

it('holds Shift round a capital', () => {
  const [stroke] = strokesOf('Q', USUAL_LAYOUT).strokes;
  expect(stroke && typed((send) => pressStroke(stroke, send))).toEqual([
    '+ShiftLeft:ffe1',
    '+KeyQ:51',
    '-KeyQ:51',
    '-ShiftLeft:ffe1',
  ]);
});

it('presses combinations in order and lets go in reverse', () => {
  const keys = SEND_KEYS.find((entry) => entry.label === 'Ctrl+Alt+F2')?.keys ?? [];
  expect(typed((send) => pressTogether(keys, send))).toEqual([
    '+ControlLeft:ffe3',
    '+AltLeft:ffe9',
    '+F2:ffbf',
    '-F2:ffbf',
    '-AltLeft:ffe9',
    '-ControlLeft:ffe3',
  ]);
});
