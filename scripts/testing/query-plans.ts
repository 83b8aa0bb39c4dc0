import { afterAll } from 'vitest';
import { findScans } from '../../app/database/testing/judged-statements.ts';

/** Loaded before every test of the controller: what it asks its database never reads a whole table that grows. */
afterAll(async () => {
  const scans = await findScans();
  if (scans.length === 0) return;
  throw new Error(
    ['A table that grows is read whole; app/database/README.md, "Plans", says what to do.', ...scans].join('\n  '),
  );
});
