import { controllerMethods } from '../app/contract/controller.methods.ts';
import type { BusClient } from './bus-client.ts';

const ANSWERS_WITHIN_MS = 15_000;
/** An answer that took longer may be from before this process, or its computer, was stopped for a while. */
const FRESH_MS = 5_000;
const ATTEMPTS = 3;

/** Asks on the live connection; no answer means no. */
export async function askWhetherWanted(
  bus: Pick<BusClient, 'call'>,
  order: { host: string; id: string; generation: number },
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [asked, askedAt] = [performance.now(), Date.now()];
    try {
      const { isWanted } = await bus.call(controllerMethods.orderWanted, 'compute', order, ANSWERS_WITHIN_MS);
      if (!isWanted) return false;
    } catch {
      return false;
    }
    // The steady clock may stand still while a computer sleeps.
    if (performance.now() - asked < FRESH_MS && Date.now() - askedAt < FRESH_MS) return true;
  }
  return false;
}
