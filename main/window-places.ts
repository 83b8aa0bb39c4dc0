import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const rectangleSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type Rectangle = z.infer<typeof rectangleSchema>;
const placeSchema = rectangleSchema.extend({ maximized: z.boolean() });
export type WindowPlace = z.infer<typeof placeSchema>;
const fileSchema = z.record(z.string(), placeSchema);

/** Console windows come and go; the places of this many are kept. */
const KEPT_PLACES = 100;
/** So much of a window's title bar must be on a display for a person to be able to drag it. */
const GRIP = { width: 120, height: 24 };

/** Size and place of each window by name, in a file of the profile. */
export class WindowPlaces {
  readonly #file: string;
  readonly #places: Map<string, WindowPlace>;

  constructor(file: string) {
    this.#file = file;
    this.#places = new Map(Object.entries(readPlaces(file)));
  }

  /** Where the window was; null when it is new, or was on a display that is not there now. */
  find(name: string, displays: readonly Rectangle[]): WindowPlace | null {
    const place = this.#places.get(name);
    return place && displays.some((display) => isReachable(place, display)) ? place : null;
  }

  remember(name: string, place: WindowPlace): void {
    // Inserted anew, so that the oldest stand first.
    this.#places.delete(name);
    this.#places.set(name, place);
    for (const oldest of [...this.#places.keys()].slice(0, -KEPT_PLACES)) this.#places.delete(oldest);
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(Object.fromEntries(this.#places)));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function isReachable(place: Rectangle, display: Rectangle): boolean {
  const shared = Math.min(place.x + place.width, display.x + display.width) - Math.max(place.x, display.x);
  const isTopInside = place.y >= display.y - 1 && place.y + GRIP.height <= display.y + display.height;
  return shared >= Math.min(GRIP.width, place.width) && isTopInside;
}

/** A file that is absent or unreadable costs the places, nothing else. */
function readPlaces(file: string): Record<string, WindowPlace> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
