import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { CumuletError } from '../contract/errors.ts';
import type { EventService } from '../events/event.service.ts';
import type { ActionRequest } from '../http/action.ts';
import { systemContext } from '../policy/authorization.ts';
import type { ComputeSettings } from './compute.settings.ts';
import type { MigrationRepository } from './migration.repository.ts';
import { confirmResize } from './verbs/confirm-resize.verb.ts';
import type { VerbService } from './verbs/verb.service.ts';

/** What could not be confirmed when it was due (its host was away) is tried again after so long, milliseconds. */
const PAUSE_MS = 60_000;
/** Timers of node end at 24 days. */
const LONGEST_MS = 86_400_000;

interface Parts {
  settings: ComputeSettings;
  events: EventService;
  migrations: MigrationRepository;
  verbs: VerbService;
  log: Logger;
}

/**
 * Confirms what nobody has confirmed or reverted within `resize_confirm_window`. It sleeps until the next is due: since
 * when each waits stands in its migration, so a restart loses nothing, and of several controllers each wakes and one does it.
 */
export class ResizeConfirmations {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stop: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Once the tasks are started. */
  async start(): Promise<void> {
    if (this.#parts.settings.resize_confirm_window === 0) return;
    const { stop } = await this.#parts.events.subscribe((news) => {
      if (news.op === 'event' && news.event.type === 'compute.instance.finish_resize.end') this.#look();
    });
    this.#stop = stop;
    this.#look();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stop?.();
    await this.#looking;
  }

  #look(after = 0): void {
    this.#looking = this.#looking
      .then(() => this.#confirmDue(after))
      .catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'resizes could not be confirmed');
        this.#sleep(PAUSE_MS);
      });
  }

  async #confirmDue(after: number): Promise<void> {
    if (this.#isClosed) return;
    const { migrations, settings } = this.#parts;
    const windowMs = settings.resize_confirm_window * 1000;
    const due = await migrations.waitingBefore(new Date(Date.now() - windowMs).toISOString());
    for (const { serverId, projectId } of due) await this.#confirm(serverId, projectId);
    const since = await migrations.waitingSince();
    if (since === null) return;
    this.#sleep(Math.max(Date.parse(since) + windowMs - Date.now(), due.length > 0 ? PAUSE_MS : after));
  }

  #sleep(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, LONGEST_MS)).unref();
  }

  async #confirm(id: string, projectId: string): Promise<void> {
    const context = { ...systemContext(`req-${randomUUID()}`), projectId };
    // Nobody asks, and nobody is answered.
    const rights = { enforce: () => undefined, allows: () => true };
    const request: ActionRequest = {
      context,
      id,
      version: 1,
      origin: '',
      ...rights,
      reply: {} as ActionRequest['reply'],
    };
    try {
      await this.#parts.verbs.begin(request, confirmResize, null);
    } catch (error) {
      // Somebody confirmed, reverted, deleted or reset it in this moment.
      if (!(error instanceof CumuletError)) throw error;
      this.#parts.log.info({ server: id, err: error }, 'a resize is not confirmed now');
    }
  }
}
