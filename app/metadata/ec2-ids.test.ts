import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { openMigrated } from '../database/testing/migrated-database.ts';
import { Ec2Ids } from './ec2-ids.ts';

let folder: string;
let database: Database;
let ids: Ec2Ids;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cumulet-ec2-'));
  database = await openMigrated(folder);
  ids = new Ec2Ids(database);
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

test('a thing keeps its number, and each kind counts for itself', async () => {
  const [one, two] = [randomUUID(), randomUUID()];
  expect(await ids.numberOf('instance', one)).toBe(1);
  expect(await ids.numberOf('instance', two)).toBe(2);
  expect(await ids.numberOf('image', two)).toBe(1);
  expect(await ids.numberOf('instance', one)).toBe(1);
});

test('however many are seen for the first time at once, and by however many', async () => {
  const things = Array.from({ length: 20 }, () => randomUUID());
  const seen = await Promise.all([...things, ...things.toReversed()].map((uuid) => ids.numberOf('instance', uuid)));
  const [first, again] = [seen.slice(0, 20), seen.slice(20).toReversed()];
  expect(again).toEqual(first);
  expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});
