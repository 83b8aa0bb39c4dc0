const TELL_EVERY_MS = 250;
/** Where nobody looks at a terminal: a line for each tenth. */
const SHARE = 10;

/** How far long work is, on stderr: one line that changes on a terminal, few lines in a file. */
export class ProgressLine {
  readonly #title: string;
  readonly #startedAt = performance.now();
  #toldAt = 0;
  #toldShare = 0;
  #isOpen = false;

  constructor(title: string) {
    this.#title = title;
  }

  update = (done: number, total: number): void => {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    const now = performance.now();
    if (process.stderr.isTTY) {
      if (now - this.#toldAt < TELL_EVERY_MS && done < total) return;
      this.#toldAt = now;
      const rate = done / 2 ** 20 / ((now - this.#startedAt) / 1000 || 1);
      process.stderr.write(`\r\u001b[K${this.#title}: ${percent} % of ${mebibytes(total)}, ${rate.toFixed(0)} MiB/s`);
      this.#isOpen = true;
    } else if (Math.floor(percent / SHARE) > this.#toldShare) {
      this.#toldShare = Math.floor(percent / SHARE);
      process.stderr.write(`${this.#title}: ${this.#toldShare * SHARE} % of ${mebibytes(total)}\n`);
    }
  };

  /** Leaves the line, for what is said next. */
  end(): void {
    if (this.#isOpen) process.stderr.write('\n');
    this.#isOpen = false;
  }
}

export function mebibytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
