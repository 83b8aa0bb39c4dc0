/** So many tasks of one kind run at a time; the others wait in their order, and hold up no other kind. */
export class TaskTurns {
  readonly #limit: number;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, Map<string, () => void>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when the task may run. Call {@link leave} when it has ended. */
  async enter(kind: string, id: string): Promise<void> {
    const running = this.#running.get(kind) ?? 0;
    if (running < this.#limit) {
      this.#running.set(kind, running + 1);
      return;
    }
    const line = this.#waiting.get(kind) ?? new Map<string, () => void>();
    this.#waiting.set(kind, line);
    await new Promise<void>((resolve) => line.set(id, resolve));
  }

  leave(kind: string): void {
    const running = this.#running.get(kind) ?? 0;
    const next = running <= this.#limit ? this.#waiting.get(kind)?.entries().next().value : undefined;
    if (next) this.#admit(kind, ...next);
    else if (running > 1) this.#running.set(kind, running - 1);
    else this.#running.delete(kind);
  }

  /** A task that is to stop need not wait for that. */
  hurry(id: string): void {
    for (const [kind, line] of this.#waiting) {
      const go = line.get(id);
      if (!go) continue;
      this.#running.set(kind, (this.#running.get(kind) ?? 0) + 1);
      this.#admit(kind, id, go);
    }
  }

  #admit(kind: string, id: string, go: () => void): void {
    const line = this.#waiting.get(kind);
    line?.delete(id);
    if (line?.size === 0) this.#waiting.delete(kind);
    go();
  }
}
