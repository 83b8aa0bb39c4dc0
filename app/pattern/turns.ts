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

/** `items.filter(isWanted)`, in stretches. */
export async function filterInTurns<T>(items: readonly T[], isWanted: (item: T) => boolean): Promise<T[]> {
  const found: T[] = [];
  let begun = performance.now();
  for (const item of items) {
    if (isWanted(item)) found.push(item);
    if (performance.now() - begun < STRETCH_MS) continue;
    await nextTurn();
    begun = performance.now();
  }
  return found;
}
