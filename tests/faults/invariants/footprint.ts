import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import WebSocket from 'ws';
import type { CumuletProcess } from '../cumulet-process.ts';

/** What a process holds. */
export interface Footprint {
  /** Open descriptors (Linux: entries of /proc/PID/fd), and those of them that are sockets. */
  descriptors: number;
  sockets: number;
  timers: number;
  /** MiB after a collection: objects and buffers, and what the process has in RAM. */
  heapMib: number;
  residentMib: number;
}

/**
 * How much more than when it was young a process may hold at rest. Threads that hash, prepared statements and compiled
 * code come with the first work and stay; what grows with the work goes past this within a few rounds.
 */
const MAY_GROW: Footprint = { descriptors: 24, sockets: 8, timers: 12, heapMib: 40, residentMib: 150 };

/** Asks the process itself, over the inspector that `SIGUSR1` opens in every Node; see nodejs.org/api/debugger. */
export async function measureFootprint(running: CumuletProcess): Promise<Footprint> {
  const inspector = await openInspector(running);
  try {
    await inspector.send('HeapProfiler.collectGarbage');
    const expression = `({ memory: process.memoryUsage(), timers: process.getActiveResourcesInfo()
      .filter((name) => name === 'Timeout').length })`;
    const answer = await inspector.send('Runtime.evaluate', { expression, returnByValue: true });
    const { memory, timers } = answer.result.value;
    return {
      ...descriptorsOf(running.pid),
      timers,
      heapMib: (memory.heapUsed + memory.external) / 2 ** 20,
      residentMib: memory.rss / 2 ** 20,
    };
  } finally {
    await inspector.close();
  }
}

/** A sentence for everything that has grown more than it may. */
export function growthOf(name: string, pid: number, base: Footprint, now: Footprint): string[] {
  return (Object.keys(MAY_GROW) as (keyof Footprint)[])
    .filter((what) => now[what] - base[what] > MAY_GROW[what])
    .map(
      (what) =>
        `The ${name}, process ${pid}, has ${Math.round(now[what])} ${what} at rest; it began with ${Math.round(base[what])}.`,
    );
}

/** Connections that this very process keeps for its next request are no growth of the other's. */
function descriptorsOf(pid: number): { descriptors: number; sockets: number } {
  const targets = targetsOf(pid);
  const ours = new Set(targetsOf(process.pid));
  const kept = readConnections();
  const ends = new Set(kept.filter(({ socket }) => ours.has(socket)).map(({ from, to }) => `${to} ${from}`));
  const isOurs = new Set(kept.filter(({ from, to }) => ends.has(`${from} ${to}`)).map(({ socket }) => socket));
  const counted = targets.filter((target) => !isOurs.has(target));
  return {
    descriptors: counted.length,
    sockets: counted.filter((target) => target.startsWith('socket:')).length,
  };
}

function targetsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).map((name) => {
    try {
      return readlinkSync(`${folder}/${name}`);
    } catch {
      // Closed since the folder was read.
      return '';
    }
  });
}

/** TCP connections of this computer; proc_net_tcp.txt of the kernel's documentation has the columns. */
function readConnections(): { from: string; to: string; socket: string }[] {
  const lines = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [, from = '', to = '', , , , , , , inode = ''] = line.trim().split(/\s+/);
    return { from, to, socket: `socket:[${inode}]` };
  });
}

async function openInspector(running: CumuletProcess) {
  const listening = running.printed(/^Debugger listening on (ws:\/\/\S+)/);
  process.kill(running.pid, 'SIGUSR1');
  const [, url = ''] = await listening;
  const socket = new WebSocket(url);
  await once(socket, 'open');
  let lastId = 0;
  return {
    async send(method: string, params: object = {}): Promise<any> {
      const id = ++lastId;
      const answered = new Promise<any>((resolve, reject) => {
        socket.on('message', function read(data) {
          const message = JSON.parse(String(data));
          if (message.id !== id) return;
          socket.off('message', read);
          if (message.error) reject(new Error(message.error.message));
          else resolve(message.result);
        });
        socket.once('close', () => reject(new Error('The process ended while it was measured')));
      });
      socket.send(JSON.stringify({ id, method, params }));
      return await answered;
    },
    async close(): Promise<void> {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
