import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createImage, type ImageFixture, startImages } from './testing/image.fixture.ts';

let fixture: ImageFixture;
const ids: string[] = [];
beforeAll(async () => {
  fixture = await startImages();
  for (let index = 0; index < 12; index++) {
    const id = await createImage(fixture, 'alice', {
      name: ['apple', 'a,b "c"', 'in:name', 'same'][Math.min(index, 3)],
      disk_format: index % 2 === 0 ? 'raw' : 'iso',
      min_disk: index,
      os_hidden: index === 11,
      protected: index === 10,
      tags: index % 3 === 0 ? ['third', `n${index}`] : [],
      os_distro: index < 6 ? 'debian' : 'fedora',
    });
    ids.push(id);
  }
  await fixture.ask('alice', 'PUT', `/v2/images/${ids[0]}/file`, Buffer.alloc(3000));
  await fixture.ask('alice', 'PUT', `/v2/images/${ids[2]}/file`, Buffer.alloc(5000));
  await createImage(fixture, 'bob', { name: 'of bob', visibility: 'private' });
  await createImage(fixture, 'bob', { name: 'community of bob', visibility: 'community' });
  await createImage(fixture, 'admin', { name: 'for all', visibility: 'public' });
});
afterAll(async () => {
  await fixture.close();
});

async function names(query: string, who = 'alice'): Promise<string[]> {
  const { status, body } = await fixture.ask(who, 'GET', `/v2/images${query}`);
  if (status !== 200) throw new Error(`${status} ${body.message}`);
  return body.images.map(({ name }: { name: string }) => name);
}

test('lists hold what is one’s own and public, newest first, without hidden ones', async () => {
  const listed = await names('');
  expect(listed).toHaveLength(12);
  expect(listed[0]).toBe('for all');
  expect(await names('', 'carol')).toEqual(['for all']);
  expect(await names('?visibility=community', 'carol')).toEqual(['community of bob']);
  expect(await names('?visibility=all', 'carol')).toEqual(['for all', 'community of bob']);
  expect((await names('?limit=100', 'admin')).sort()).toEqual([...listed, 'of bob'].sort());
  expect(await names('?os_hidden=true')).toHaveLength(1);
  expect(await names('?protected=true')).toHaveLength(1);
});

test.each([
  ['?name=apple', 1],
  ['?name=nothing', 0],
  ['?name=in:apple,same', 9],
  [`?name=${encodeURIComponent('in:"a,b \\"c\\"",apple')}`, 2],
  ['?name=eq:in:name', 1],
  ['?status=active', 2],
  ['?status=in:active,queued&owner=alice', 11],
  ['?disk_format=iso&owner=alice', 5],
  ['?size_min=4000', 1],
  ['?size_max=4000&size_min=1', 1],
  ['?min_disk_min=8&owner=alice', 3],
  ['?tag=third', 4],
  ['?tag=third&tag=n3', 1],
  ['?os_distro=debian', 6],
  ['?os_distro=debian&tag=third', 2],
  ['?created_at=gt:2020-01-01T00:00:00Z&owner=alice', 11],
  ['?updated_at=lt:2020-01-01', 0],
  ['?id=in:00000000-0000-4000-8000-000000000000', 0],
  [`?name=${encodeURIComponent("x' OR 1=1 --")}`, 0],
])('filter %s finds %i', async (query, count) => {
  expect(await names(query)).toHaveLength(count);
});

test.each([
  ['limit=x', 'limit param must be an integer'],
  ['limit=-1', 'limit param must be positive'],
  ['marker=00000000-0000-4000-8000-000000000000', 'No image found with ID'],
  ['sort_key=color', 'Invalid sort key: color'],
  ['sort_dir=up', 'Invalid sort direction: up'],
  ['sort=name:asc&sort_key=size', 'cannot be combined'],
  ['sort_key=name&sort_dir=asc&sort_dir=desc', 'does not match'],
  ['visibility=secret', 'Invalid visibility value: secret'],
  ['member_status=x', 'Invalid status: x'],
  ['size_min=big', 'non-numeric'],
  ['created_at=yesterday', 'ISO 8601'],
  ['name=gt:a', "unknown operator 'gt'"],
  ['name=in:%22a', 'quotation mark'],
  ['os_hidden=maybe', "Invalid value 'maybe'"],
])('refused: %s', async (query, message) => {
  const { status, body } = await fixture.ask('alice', 'GET', `/v2/images?${query}`);
  expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
});

test('pages follow their links through everything once, in the order asked for', {
  timeout: 120_000,
  meta: { asksAtRandom: true },
}, async () => {
  const keys = fc.subarray(['name', 'size', 'disk_format', 'status', 'created_at', 'id', 'updated_at'], {
    minLength: 1,
  });
  const orders = keys.chain((chosen) =>
    fc.tuple(
      fc.constant(chosen),
      fc.array(fc.constantFrom('asc', 'desc'), { minLength: chosen.length, maxLength: chosen.length }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(orders, fc.integer({ min: 1, max: 7 }), async ([chosen, directions], limit) => {
      const sort = chosen.map((key, index) => `${key}:${directions[index]}`).join(',');
      const whole = (await fixture.ask('alice', 'GET', `/v2/images?sort=${sort}`)).body.images;
      const paged: unknown[] = [];
      let next: string | undefined = `/v2/images?sort=${sort}&limit=${limit}`;
      while (next !== undefined) {
        const page: { images: unknown[]; first: string; next?: string } = (await fixture.ask('alice', 'GET', next))
          .body;
        expect(page.images.length).toBeLessThanOrEqual(limit);
        expect(page.first).toContain(`limit=${limit}`);
        paged.push(...page.images);
        expect(paged.length).toBeLessThanOrEqual(whole.length);
        next = page.next;
      }
      expect(paged).toEqual(whole);
    }),
    { numRuns: 25 },
  );
});

test('order is by the keys asked for, and what has no value comes as the least', async () => {
  expect(await names('?sort=size:desc&limit=2')).toEqual(['in:name', 'apple']);
  expect((await names('?sort_key=name&sort_dir=asc&limit=3')).slice(0, 3)).toEqual(['a,b "c"', 'apple', 'for all']);
  expect(await names('?limit=0')).toEqual([]);
});
