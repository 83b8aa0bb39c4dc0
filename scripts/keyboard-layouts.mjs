// Writes assets/keyboard-layouts.json: what the keys of usual keyboards give, as xkeyboard-config has them. Needed only to
// add one; `ckbcomp` is in Debian's console-setup.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { inRoot } from './setup/places.mjs';

/** By the language that people choose, and the name of the layout in X. */
const LAYOUTS = {
  ...{ 'en-US': 'us', 'en-GB': 'gb', de: 'de', 'de-CH': 'ch', fr: 'fr', 'fr-BE': 'be', 'fr-CA': 'ca', es: 'es' },
  ...{
    'es-419': 'latam',
    it: 'it',
    pt: 'pt',
    'pt-BR': 'br',
    sv: 'se',
    nb: 'no',
    da: 'dk',
    fi: 'se',
    pl: 'pl',
    cs: 'cz',
  },
  ...{ hu: 'hu', tr: 'tr' },
};
/** Linux's numbers of the keys that write (input-event-codes.h), and what the DOM calls them. */
const ROWS = [
  [2, 'Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal'],
  [16, 'KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight'],
  [30, 'KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote'],
  [43, 'Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash'],
  [57, 'Space'],
  [86, 'IntlBackslash'],
  [89, 'IntlRo'],
];
const CODES = new Map(ROWS.flatMap(([first, codes]) => codes.split(' ').map((code, at) => [first + at, code])));
/** Keys that wait for a letter give their own sign before a blank; two signs stand for such a key in the file. */
const DEAD = { dead_grave: '``', dead_circumflex: '^^', dead_tilde: '~~' };

/** What a key gives alone, with Shift, with AltGr and with both; an empty text where it is nothing to type. */
function levelsOf(symbols) {
  return symbols.slice(0, 4).map((symbol) => {
    const number = /^\+?U\+([0-9a-f]{4,6})$/.exec(symbol)?.[1];
    return number === undefined ? (DEAD[symbol] ?? '') : String.fromCodePoint(Number.parseInt(number, 16));
  });
}

const layouts = Object.entries(LAYOUTS).map(([language, layout]) => {
  const printed = execFileSync('ckbcomp', ['-layout', layout], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const keys = printed.split('\n').flatMap((line) => {
    const [, number, symbols] = /^keycode (\d+) = (.*)$/.exec(line) ?? [];
    const code = CODES.get(Number(number));
    return code === undefined ? [] : [[code, levelsOf(symbols.split(' '))]];
  });
  return [language, Object.fromEntries(keys)];
});
writeFileSync(inRoot('assets', 'keyboard-layouts.json'), `${JSON.stringify(Object.fromEntries(layouts))}\n`);
