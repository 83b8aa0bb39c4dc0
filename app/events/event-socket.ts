import type { WebSocket } from 'ws';
import type { EventFrame } from '../contract/event.ts';
import type { EventService } from './event.service.ts';
import type { News, Subscription } from './event-feed.ts';

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
  // What comes while the replay is read waits here.
  let waiting: News[] | undefined = [];
  let seen = 0;
  const pass = (news: News) => {
    if (waiting) {
      waiting.push(news);
      return;
    }
    const frame = frameOf(news, sees);
    if (frame?.op === 'event' && frame.event.id <= seen) return;
    if (frame) send(frame);
  };
  const subscription = await events.subscribe(pass);
  const keepAlive = setInterval(() => socket.ping(), 25_000);
  const stop = () => {
    clearInterval(keepAlive);
    subscription.stop();
  };
  socket.on('close', stop);
  if (socket.readyState !== socket.OPEN) return stop();
  const frames = await begin(events, subscription, audience, after);
  for (const frame of frames) send(frame);
  // Another controller may have told more already than this one knows to be whole.
  if (frames[0]?.op === 'hello') seen = after ?? 0;
  const missed = waiting;
  waiting = undefined;
  for (const news of missed) pass(news);
}

function frameOf(news: News, sees: (projectId: string | null) => boolean): EventFrame | null {
  switch (news.op) {
    case 'event':
      return sees(news.event.projectId) ? news : null;
    case 'task':
      return sees(news.task.projectId) ? news : null;
    case 'tick':
      return sees(news.projectId) ? { op: 'tick', taskId: news.taskId, progress: news.progress } : null;
  }
}

/** What is sent first: where the log stands, and what was missed up to there. */
async function begin(
  events: EventService,
  { position }: Subscription,
  audience: Audience,
  after: number | undefined,
): Promise<EventFrame[]> {
  const hello: EventFrame = { op: 'hello', lastEventId: position };
  if (after === undefined) return [hello];
  const missed = await events.list({ after, upTo: position, limit: MAX_REPLAY + 1, visibleTo: audience });
  // An id from the future comes from another database: whoever has it knows nothing of this one.
  const isOther = after > Math.max(position, await events.lastId());
  if (missed.length > MAX_REPLAY || isOther || after + 1 < (await events.firstId())) {
    return [{ op: 'reset', lastEventId: position }];
  }
  return [hello, ...missed.map((event): EventFrame => ({ op: 'event', event }))];
}
