/** Text that arrives over time, consumed by waiting for patterns. Whoever owns the connection feeds and closes it. */
export class Conversation {
  #unread = '';
  #wake: () => void = () => undefined;
  #end: string | null = null;

  feed(text: string): void {
    this.#unread += text;
    this.#wake();
  }

  /** Nothing more will come. */
  end(why: string): void {
    this.#end = why;
    this.#wake();
  }

  /** All text up to and including the match; what comes later is kept for the next call. */
  async until(pattern: RegExp, seconds = 120): Promise<string> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const match = pattern.exec(this.#unread);
      if (match) {
        const end = match.index + match[0].length;
        const seen = this.#unread.slice(0, end);
        this.#unread = this.#unread.slice(end);
        return seen;
      }
      if (this.#end !== null) throw new Error(`${this.#end} before ${pattern}; so far:\n${this.#unread}`);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`No ${pattern} within ${seconds} s, but:\n${this.#unread}`);
      await this.#news(left);
    }
  }

  #news(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
