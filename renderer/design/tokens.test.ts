import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** The colours of a scheme by name. */
function coloursOf(scheme: 'light' | 'dark'): Map<string, string> {
  const start = css.indexOf(`[data-mantine-color-scheme="${scheme}"]`);
  const block = css.slice(start, css.indexOf('\n}', start));
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', colour = '']) => [name, colour]),
  );
}

/** WCAG 2: relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const WORDS = ['text', 'text-muted', 'text-faint', 'accent-text', 'running', 'busy', 'stopped', 'failed'];
const SURFACES = ['canvas', 'surface', 'raised', 'sunken', 'hover'];

it.each(['light', 'dark'] as const)('words can be read on every surface: %s', (scheme) => {
  const colours = coloursOf(scheme);
  const colour = (name: string): string => colours.get(name) ?? expect.fail(`There is no colour ${name}.`);
  const weak = WORDS.flatMap((word) =>
    SURFACES.filter((surface) => contrast(colour(word), colour(surface)) < 4.5).map(
      (surface) => `${word} on ${surface}`,
    ),
  );
  expect(weak).toEqual([]);
});
