import { z } from 'zod';
import * as electron from './electron.ts';

/** Like Playwright's `electronApp.evaluate`: the test sends a function, which runs here with Electron's module. */
const requestSchema = z.object({ id: z.number(), source: z.string(), argument: z.unknown().optional() });

process.on('message', async (message) => {
  const request = requestSchema.safeParse(message);
  if (!request.success) return;
  const { id, source, argument } = request.data;
  try {
    const run: unknown = new Function(`return (${source})`)();
    if (typeof run !== 'function') throw new Error('Not a function.');
    process.send?.({ id, result: await run(electron, argument) });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
// The test is gone: nobody is left to close us.
process.on('disconnect', () => process.exit(1));
