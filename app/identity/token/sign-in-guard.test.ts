import { expect, test } from 'vitest';
import { cheapHasher } from '../testing/cheap-hash.ts';
import { PasswordHasher } from './password-hash.ts';
import { TooManySignIns } from './sign-in.errors.ts';
import { SignInGuard } from './sign-in-guard.ts';

const hasher = new PasswordHasher();

test('a hash names its cost, differs every time, and knows its password only', async () => {
  const [one, two] = await Promise.all([cheapHasher.hash('p\u00e4ss'), cheapHasher.hash('p\u00e4ss')]);
  expect(one).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$/);
  expect(one).not.toBe(two);
  expect(await cheapHasher.verify('p\u00e4ss', one)).toBe(true);
  expect(await cheapHasher.verify('pa\u0308ss', one)).toBe(true);
  expect(await cheapHasher.verify('pass', one)).toBe(false);
  expect(await cheapHasher.verify('', one)).toBe(false);
  expect(await cheapHasher.verify('anything', null)).toBe(false);
  expect(await cheapHasher.verify('anything', 'not a hash')).toBe(false);
});

test('an unknown account costs as much as a wrong password', async () => {
  const stored = await hasher.hash('right');
  const cost = async (hash: string | null) => {
    const before = process.cpuUsage();
    await hasher.verify('wrong', hash);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  await cost(stored);
  const [known, unknown] = [await cost(stored), await cost(null)];
  // Processor time, not elapsed time; a shortcut would be a hundredth of it.
  expect(unknown).toBeGreaterThan(known / 3);
}, 30_000);

test('failures are counted per account and address, and a success forgets them', async () => {
  let now = 1_000_000;
  const guard = new SignInGuard({ now: () => now });
  const stored = await cheapHasher.hash('right');
  const attempt = (password: string, address = 'a', account = 'u') =>
    guard.check({ account, address, password, stored });
  for (let count = 0; count < 9; count++) expect(await attempt('wrong')).toBe(false);
  expect(await attempt('right')).toBe(true);
  for (let count = 0; count < 10; count++) expect(await attempt('wrong')).toBe(false);
  await expect(attempt('right')).rejects.toBeInstanceOf(TooManySignIns);
  expect(await attempt('right', 'b')).toBe(true);
  expect(await attempt('wrong', 'a', 'v')).toBe(false);
  now += 5 * 60_000;
  expect(await attempt('right')).toBe(true);
});

test('guesses sent at once get no more tries than guesses sent in turn', async () => {
  const guard = new SignInGuard();
  const stored = await cheapHasher.hash('right');
  const guesses = Array.from({ length: 60 }, (_, index) =>
    guard.check({ account: 'u', address: 'a', password: `guess ${index}`, stored }),
  );
  const results = await Promise.allSettled(guesses);
  const tried = results.filter(({ status }) => status === 'fulfilled').length;
  expect(tried).toBeGreaterThanOrEqual(10);
  expect(tried).toBeLessThanOrEqual(11);
});

test('a right password is known again without hashing, until it changes', async () => {
  let now = 0;
  const guard = new SignInGuard({ now: () => now });
  const [before, after] = [await hasher.hash('right'), await cheapHasher.hash('new')];
  const attempt = (password: string, stored: string) => guard.check({ account: 'u', address: 'a', password, stored });
  expect(await attempt('right', before)).toBe(true);
  const spent = process.cpuUsage();
  for (let count = 0; count < 100; count++) expect(await attempt('right', before)).toBe(true);
  // A hundred hashes would take several seconds of processor time.
  expect(process.cpuUsage(spent).user).toBeLessThan(2_000_000);
  expect(await attempt('right', after)).toBe(false);
  now += 10 * 60_000;
  expect(await attempt('right', before)).toBe(true);
}, 30_000);
