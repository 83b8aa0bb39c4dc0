export interface Outcome {
  test: string;
  result: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, or what it failed of. */
  reason: string | null;
}

const LINE = /^\{\d+\} (\S.*?)(?: \[[\d.]+s[^\]]*\])? \.\.\. (ok|FAILED|SKIPPED(?:: (.*))?)$/;
const OF_CLASS = /^setUpClass \((.*)\)$/;

/** Reads one line that `stestr run` prints; undefined for those that are about no test. */
export function readOutcome(line: string): Outcome | undefined {
  const match = LINE.exec(line);
  if (!match) return undefined;
  const [, test = '', word = '', reason] = match;
  const result = word === 'ok' ? 'passed' : word === 'FAILED' ? 'failed' : 'skipped';
  return { test, result, reason: reason ?? null };
}

/**
 * Reads all that `stestr run` prints, line by line. What became of a class that could not be set up became of each of
 * its tests among `tests`.
 */
export class OutcomeReader {
  readonly outcomes: Outcome[] = [];
  readonly #tests: readonly string[];
  #last: Outcome[] = [];
  #inTraceback = false;

  constructor(tests: readonly string[]) {
    this.#tests = tests;
  }

  /** What of this line is news. */
  read(line: string): readonly Outcome[] {
    const outcome = readOutcome(line);
    if (!outcome) {
      this.#readReason(line);
      return [];
    }
    this.#inTraceback = false;
    const className = OF_CLASS.exec(outcome.test)?.[1];
    const ofClass = this.#tests.filter((test) => className !== undefined && test.startsWith(`${className}.`));
    this.#last = ofClass.length > 0 ? ofClass.map((test) => ({ ...outcome, test })) : [outcome];
    this.outcomes.push(...this.#last);
    return this.#last;
  }

  /** What was raised stands as far to the left as the head of its traceback, and below it what the answer said. */
  #readReason(line: string): void {
    if (/^[A-Z=]/.test(line)) this.#inTraceback = line === 'Captured traceback:' || line.startsWith('Details: ');
    const raised = /^ {4}([A-Za-z_][\w.]*: .*)$/.exec(line)?.[1];
    const details = /^Details: (.*)$/.exec(line)?.[1];
    if (!this.#inTraceback || (raised === undefined && details === undefined)) return;
    for (const outcome of this.#last) {
      if (outcome.result === 'failed') outcome.reason = raised ?? `${outcome.reason} ${details}`;
    }
  }
}
