import type { WebSocket } from 'ws';
import type { EventFrame } from '../contract/event.ts';
import type { EventService } from './event.service.ts';

/** A reader this far behind is cut off; it comes back with `after` and reads what it missed. */
const MAX_BUFFERED = 4 * 1024 * 1024;
/** Missed events are replayed up to this many; beyond it reading everything again is cheaper. */
const MAX_REPLAY = 1000;

/** Whose events somebody hears of beside those for everybody: of all projects, of one, of none. */
export type Audience = 'all' | string | null;

/** One subscriber of `/v1/events`: replays what came after `after`, then everything it may see, as it happens. */
export async function streamEvents(
  events: EventService,
  socket: WebSocket,
  audience: Audience,
  after: number | undefined,
): Promise<void> {
  const sees = (projectId: string | null) =>
    audience === 'all' || projectId === '*' || (projectId !== null && projectId === audience);
  const send = (frame: EventFrame) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED) socket.close(4408, 'reading too slowly');
    else socket.send(JSON.stringify(frame));
  };
  // Subscribed before the replay is read, so that nothing falls between; what comes meanwhile waits here.
  let waiting: EventFrame[] | undefined = [];
  let sentUpTo = 0;
  const pass = (frame: EventFrame) => {
    if (waiting) waiting.push(frame);
    else send(frame);
  };
  const stops = [
    events.onEvent((event) => {
      if (sees(event.projectId)) pass({ op: 'event', event });
    }),
    events.onTask((task) => {
      if (sees(task.projectId)) pass({ op: 'task', task });
    }),
    events.onTick(({ taskId, projectId, progress }) => {
      if (sees(projectId)) pass({ op: 'tick', taskId, progress });
    }),
  ];
  const keepAlive = setInterval(() => socket.ping(), 25_000);
  socket.on('close', () => {
    clearInterval(keepAlive);
    for (const stop of stops) stop();
  });
  const lastEventId = await events.lastId();
  if (after === undefined) {
    send({ op: 'hello', lastEventId });
  } else {
    const missed = await events.list({ after, limit: MAX_REPLAY + 1, visibleTo: audience });
    // An id from the future comes from another database: whoever has it knows nothing of this one.
    if (missed.length > MAX_REPLAY || after > lastEventId || after + 1 < (await events.firstId())) {
      send({ op: 'reset', lastEventId });
      sentUpTo = lastEventId;
    } else {
      send({ op: 'hello', lastEventId });
      for (const event of missed) send({ op: 'event', event });
      sentUpTo = missed.at(-1)?.id ?? after;
    }
  }
  for (const frame of waiting) {
    if (frame.op !== 'event' || frame.event.id > sentUpTo) send(frame);
  }
  waiting = undefined;
}
