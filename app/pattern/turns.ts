/** The longest that work goes on before others get their turn, milliseconds. */
const STRETCH_MS = 5;

const waiting: (() => void)[] = [];

/**
 * Long work waits here between its stretches. However much of it there is, one stretch runs between two rounds of the
 * event loop, so that each request waits for one at most.
 */
async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(giveTurn);
  });
}

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}

/** A stretch of work, and the next after it: one for all parts of a piece of work that is long only as a whole. */
export class Stretch {
  #begun = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#begun >= STRETCH_MS;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.#begun = performance.now();
  }
}

/** `items.map(make)`, in stretches. */
export async function mapInTurns<T, R>(items: readonly T[], make: (item: T) => R): Promise<R[]> {
  const stretch = new Stretch();
  const made: R[] = [];
  for (const item of items) {
    made.push(make(item));
    if (stretch.isOver) await stretch.next();
  }
  return made;
}

/** `items.filter(isWanted)`, in stretches. */
export async function filterInTurns<T>(
  items: readonly T[],
  isWanted: (item: T) => boolean,
  stretch = new Stretch(),
): Promise<T[]> {
  const found: T[] = [];
  for (const item of items) {
    if (isWanted(item)) found.push(item);
    if (stretch.isOver) await stretch.next();
  }
  return found;
}
