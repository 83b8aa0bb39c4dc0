import { setTimeout as delay } from 'node:timers/promises';
import type { OrderContext } from '../driver.ts';
import { type QmpClient, QmpError } from './qmp-client.ts';

/** As Nova's `device_detach_timeout`, milliseconds. */
export const UNPLUG_PATIENCE_MS = 20_000;

/** Asks the guest to let go of a device. True where it has within that time, or the process has no such device. */
export async function unplugDevice(
  client: QmpClient,
  id: string,
  patienceMs: number,
  order: Pick<OrderContext, 'signal'>,
): Promise<boolean> {
  const patience = new AbortController();
  const signal = AbortSignal.any([patience.signal, order.signal]);
  const gone = client.waitForEvent('DEVICE_DELETED', ({ device }) => device === id, { signal }).then(() => true);
  // Where it is not waited for after all.
  gone.catch(() => undefined);
  try {
    await client.execute('device_del', { id });
  } catch (error) {
    if (!(error instanceof QmpError)) throw error;
    if (error.qmpClass === 'DeviceNotFound') return true;
    // Else it was asked already, by an agent that died or an order before.
  }
  const late = delay(patienceMs, false, { signal }).catch(() => false);
  try {
    return await Promise.race([gone, late]);
  } finally {
    patience.abort();
    order.signal.throwIfAborted();
  }
}
