import type { BusProgress } from '../app/contract/bus.ts';

const INTERVAL_MS = 100;

/** Lets some ten reports a second through: every new stage at once, and always the last of a burst. */
export class ProgressThrottle {
  private readonly send: (progress: BusProgress) => void;
  private readonly intervalMs: number;
  private stage: string | null = null;
  private waiting: BusProgress | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(send: (progress: BusProgress) => void, intervalMs = INTERVAL_MS) {
    this.send = send;
    this.intervalMs = intervalMs;
  }

  report(progress: BusProgress): void {
    if (progress.stage !== this.stage) {
      this.flush();
      this.stage = progress.stage;
      this.send(progress);
      this.timer ??= setTimeout(() => this.tick(), this.intervalMs);
      return;
    }
    if (this.timer === null) {
      this.send(progress);
      this.timer = setTimeout(() => this.tick(), this.intervalMs);
      return;
    }
    this.waiting = progress;
  }

  close(): void {
    this.flush();
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private flush(): void {
    if (this.waiting !== null) this.send(this.waiting);
    this.waiting = null;
  }

  private tick(): void {
    this.timer = null;
    if (this.waiting === null) return;
    this.flush();
    this.timer = setTimeout(() => this.tick(), this.intervalMs);
  }
}
