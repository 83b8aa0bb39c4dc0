export interface Outcome {
  test: string;
  result: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped. */
  reason: string | null;
}

const LINE = /^\{\d+\} (\S.*?)(?: \[[\d.]+s[^\]]*\])? \.\.\. (ok|FAILED|SKIPPED(?:: (.*))?)$/;

/** Reads one line that `stestr run` prints; undefined for those that are about no test. */
export function readOutcome(line: string): Outcome | undefined {
  const match = LINE.exec(line);
  if (!match) return undefined;
  const [, test = '', word = '', reason] = match;
  const result = word === 'ok' ? 'passed' : word === 'FAILED' ? 'failed' : 'skipped';
  return { test, result, reason: reason ?? null };
}
