import { WebSocket } from 'ws';
import type { EventFrame, EventView } from '../../app/contract/event.ts';
import type { TaskView } from '../../app/contract/task.ts';

/** A subscriber of `/v1/events`, as the dashboard is one. */
export class EventListener {
  readonly frames: EventFrame[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      for (const wake of [...this.#waiting]) wake();
    });
  }

  static async open(url: string, token: string, after?: number): Promise<EventListener> {
    const query = after === undefined ? '' : `?after=${after}`;
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/events${query}`, [
      'cumulet.events.v1',
      `token.${token}`,
    ]);
    const listener = new EventListener(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    await listener.first((frame) => (frame.op === 'hello' || frame.op === 'reset' ? true : undefined));
    return listener;
  }

  /** The first frame, among those that have come and those that will, that `pick` answers something for. */
  async first<T>(pick: (frame: EventFrame) => T | undefined, seconds = 90): Promise<T> {
    const deadline = performance.now() + seconds * 1000;
    for (let next = 0; ; ) {
      for (; next < this.frames.length; next++) {
        const frame = this.frames[next];
        const picked = frame && pick(frame);
        if (picked !== undefined) return picked;
      }
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`No such event within ${seconds} s: ${JSON.stringify(this.frames.slice(-5))}`);
      await this.#news(left);
    }
  }

  #news(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#waiting.add(wake);
    });
  }

  async event(type: string, resourceId: string): Promise<EventView> {
    return await this.first((frame) =>
      frame.op === 'event' && frame.event.type === type && frame.event.resource.id === resourceId
        ? frame.event
        : undefined,
    );
  }

  /** Each version of the subject's task of this kind, in the order they came, up to its end. */
  async taskToEnd(kind: string, subjectId: string): Promise<TaskView[]> {
    const isMine = (frame: EventFrame) =>
      frame.op === 'task' && frame.task.kind === kind && frame.task.subject.id === subjectId ? frame.task : undefined;
    await this.first((frame) => (isMine(frame)?.finishedAt ? true : undefined));
    return this.frames.map(isMine).filter((task) => task !== undefined);
  }

  close(): void {
    this.#socket.close();
  }
}
