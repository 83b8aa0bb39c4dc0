import { expect, it } from 'vitest';
import { pressStroke, pressTogether, SEND_KEYS, strokesOf } from './keysyms.ts';

function typed(act: (send: (keysym: number, code: string, isDown: boolean) => void) => void): string[] {
  const log: string[] = [];
  act((keysym, code, isDown) => log.push(`${isDown ? '+' : '-'}${code}:${keysym.toString(16)}`));
  return log;
}

it('types letters, capitals and signs as positions of a US keyboard', () => {
  const { strokes, missing } = strokesOf('aA1!/? ~\n\t');
  expect(strokes.map((stroke) => `${stroke.isShifted ? '⇧' : ''}${stroke.code}`)).toEqual([
    'KeyA',
    '⇧KeyA',
    'Digit1',
    '⇧Digit1',
    'Slash',
    '⇧Slash',
    'Space',
    '⇧Backquote',
    'Enter',
    'Tab',
  ]);
  expect(missing).toEqual([]);
});

it('has every printable character of ASCII, with the keysym that is its number', () => {
  for (let code = 0x20; code < 0x7f; code++) {
    const { strokes } = strokesOf(String.fromCharCode(code));
    expect(strokes).toHaveLength(1);
    expect(strokes[0]?.keysym).toBe(code);
  }
});

it('makes one Enter of every kind of line end', () => {
  expect(strokesOf('a\r\nb\rc\nd').strokes.filter((stroke) => stroke.code === 'Enter')).toHaveLength(3);
});

it('names what a US keyboard does not have, once each, and types the rest', () => {
  const { strokes, missing } = strokesOf('é中a中😀');
  expect(strokes.map((stroke) => stroke.code)).toEqual(['KeyA']);
  expect(missing).toEqual(['é', '中', '😀']);
});

it('holds Shift round a capital', () => {
  const [stroke] = strokesOf('Q').strokes;
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
