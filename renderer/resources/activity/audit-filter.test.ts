import { expect, test } from 'vitest';
import { readPeriod, toAuditFilter } from './audit-filter.ts';

const NOW = Date.parse('2026-03-10T10:25:13.123Z');

test('a choice becomes the controller’s filter, the same for a whole hour', () => {
  expect(toAuditFilter({ period: 'all', onlyFailures: false }, NOW)).toEqual({});
  expect(toAuditFilter({ period: 'week', onlyFailures: true }, NOW)).toEqual({
    outcome: 'failure',
    since: '2026-03-03T10:00:00.000Z',
  });
  expect(toAuditFilter({ period: 'day', onlyFailures: false }, NOW + 60_000)).toEqual(
    toAuditFilter({ period: 'day', onlyFailures: false }, NOW),
  );
});

test('an address that says nonsense shows all', () => {
  expect([readPeriod('day'), readPeriod('century'), readPeriod(undefined)]).toEqual(['day', 'all', 'all']);
});
