import { setTimeout as delay } from 'node:timers/promises';
import type { LiveQemu } from './live-qemu.ts';

/** A guest that is still booting misses the power button, so it is pressed again. */
const PRESS_AGAIN_MS = 10_000;

/** Presses until the process has ended, which is true, or `timeout` fires. A paused guest goes on before. */
export async function pressPowerButton(live: LiveQemu, isPaused: boolean, timeout: AbortSignal): Promise<boolean> {
  if (isPaused) await live.client.execute('cont', {}, { signal: timeout });
  while (!timeout.aborted) {
    await live.client.execute('system_powerdown', {}, { signal: timeout });
    const pause = delay(PRESS_AGAIN_MS, false, { signal: timeout, ref: false }).catch(() => false);
    if (await Promise.race([live.exited.then(() => true), pause])) return true;
  }
  return false;
}
