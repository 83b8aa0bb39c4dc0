import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** What systems give to connections begins above (Linux 32768, others 49152): one of theirs may be taken meanwhile. */
const [LOWEST, HIGHEST] = [20_000, 32_000];

/** A port of loopback for a server that ends and comes back there: free now, and not given to anybody by the system. */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
