import { TooManySignIns } from './sign-in.errors.ts';

/** Lets so many do something at once; others wait in line, and are turned away where it is long. */
export class Turnstile {
  readonly #atOnce: number;
  readonly #mayWait: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number, mayWait: number) {
    this.#atOnce = atOnce;
    this.#mayWait = mayWait;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#atOnce) {
      if (this.#waiting.length >= this.#mayWait) throw new TooManySignIns(5);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#inside += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes to the next in line, so that the count stays as it is.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside -= 1;
    }
  }
}
