import { beforeEach } from 'vitest';
import { hasPassed, isLong, notePassed } from './sitting.ts';

/** Loaded before every test of vitest's. */
if (isLong) {
  beforeEach(({ task, skip, onTestFinished }) => {
    const test = `${task.file.name} ${task.fullTestName}`;
    if (hasPassed(test)) skip('it passed in an earlier sitting');
    onTestFinished(({ task }) => {
      if (task.result?.state === 'pass') notePassed(test);
    });
  });
}
