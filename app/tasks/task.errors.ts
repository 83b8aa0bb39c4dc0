import { OperationalError, UserError } from '../contract/errors.ts';

/** What is told to steps, and undoes what they would have recorded. */
export class LeaseLost extends OperationalError {
  constructor() {
    super('unavailable', 'controller', 'Another controller does this task now.');
  }
}

export function abortedError(): UserError {
  return new UserError('aborted', 'It was cancelled.');
}

/** Of a kind that no definition tries again, which would be done twice. */
export function otherVersionError(steps: string[]): OperationalError {
  const named = steps.map((name) => `"${name}"`).join(', ');
  return new OperationalError(
    'conflict',
    'controller',
    `Another version of Cumulet began this work. This version does not know its steps ${named}.`,
    { hint: 'What could be taken back was. Look at the result, then do it again.' },
  );
}
