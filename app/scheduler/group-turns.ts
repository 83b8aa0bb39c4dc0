/** Work of one group waits for what came before it; that of others, and of none, does not. */
export class GroupTurns {
  /** The end of the last work of each group. */
  readonly #last = new Map<string, Promise<void>>();

  async take<T>(groupId: string | undefined, work: () => Promise<T>): Promise<T> {
    if (groupId === undefined) return await work();
    const turn = (this.#last.get(groupId) ?? Promise.resolve()).then(work);
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(groupId, ended);
    try {
      return await turn;
    } finally {
      if (this.#last.get(groupId) === ended) this.#last.delete(groupId);
    }
  }
}
