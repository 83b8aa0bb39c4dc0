import { expect, it } from 'vitest';
import { testUser } from '../session/test-user.fixture.ts';
import { closedEntry } from './navigation.ts';

it('knows the pages that have nothing to show where somebody works', () => {
  const ofSystem = testUser('reader', { rights: { 'v1:hosts:list': { allowed: true, needs: null } } });
  for (const path of ['/machines', '/machines/some-id', '/launch', '/welcome', '/images', '/quotas']) {
    expect(closedEntry(path, ofSystem), path).toBeDefined();
  }
  for (const path of ['/hosts', '/people', '/people/projects', '/account', '/nowhere']) {
    expect(closedEntry(path, ofSystem), path).toBeUndefined();
  }
  expect(closedEntry('/machines', testUser('reader'))).toBeUndefined();
});
