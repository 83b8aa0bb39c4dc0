import type { Page } from '@playwright/test';

/** Rows of the list; a row of headings has no cell. */
const ROW = '[role=grid] [role=row] [role=gridcell], [role=grid] [role=row] td';
/** A page is at rest when its main thread had no task longer than 50 ms for this long, milliseconds. */
const QUIET_MS = 500;

/** Notes when the first row is there and when the main thread was last busy; before any script of the page runs. */
export async function watchLoading(page: Page): Promise<void> {
  await page.addInitScript((row: string) => {
    const seen = { firstRow: 0, lastBusy: 0 };
    Object.assign(globalThis, { seenByBench: seen });
    const look = () => {
      if (seen.firstRow === 0 && document.querySelector(row)) seen.firstRow = performance.now();
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
    document.addEventListener('DOMContentLoaded', look);
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) seen.lastBusy = startTime + duration;
    }).observe({ type: 'longtask', buffered: true });
  }, ROW);
}

/** Milliseconds from the start of the navigation until the first row is there and the page answers at once. */
export async function timeToInteractive(page: Page): Promise<number> {
  return await page.evaluate(async (quiet: number) => {
    const seen: { firstRow: number; lastBusy: number } = Reflect.get(globalThis, 'seenByBench');
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const ready = Math.max(seen.firstRow, seen.lastBusy);
      if (seen.firstRow > 0 && performance.now() - ready > quiet) return ready;
    }
  }, QUIET_MS);
}

/** Times between frames while the list is scrolled down by so many pixels a frame, from the top. */
export async function scrollFrames(page: Page, frames: number, pixels: number): Promise<number[]> {
  return await page.evaluate(
    async ([count, step]) => {
      const list = document.querySelector('[role=grid]');
      if (!list) throw new Error('No list');
      list.scrollTop = 0;
      const times: number[] = [];
      let before = await new Promise<number>(requestAnimationFrame);
      for (let frame = 1; frame <= count; frame++) {
        list.scrollTop = step * frame;
        const now = await new Promise<number>(requestAnimationFrame);
        times.push(now - before);
        before = now;
      }
      return times;
    },
    [frames, pixels] as const,
  );
}
