import { expect, test } from 'vitest';
import { findRefusedLicences, listShippedPackages } from './licences.ts';

const licensed = (licence: string) => ({ name: 'x', version: '1.0.0', licence });

test.each(['GPL-3.0-or-later', 'AGPL-3.0', 'GPL-2.0 OR AGPL-3.0', 'unknown', 'UNLICENSED'])('refuses %s', (licence) => {
  expect(findRefusedLicences([licensed(licence)])).toHaveLength(1);
});

test.each(['MIT', 'LGPL-2.1', 'MPL-2.0', '(MIT OR GPL-3.0)', 'Apache-2.0'])('accepts %s', (licence) => {
  expect(findRefusedLicences([licensed(licence)])).toEqual([]);
});

test('lists what is shipped with all it needs, each version once, and no tool', () => {
  const lock = {
    '': { dependencies: { a: '1' } },
    'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { b: '1', c: '1' } },
    'node_modules/a/node_modules/b': { version: '1.5.0', license: 'ISC', dependencies: { c: '1' } },
    'node_modules/b': { version: '2.0.0', license: 'MIT' },
    'node_modules/c': { version: '3.0.0', license: 'MIT' },
    'node_modules/shown': { version: '4.0.0', license: 'MIT', peerDependencies: { b: '2' } },
    'node_modules/tool': { version: '5.0.0', license: 'GPL-3.0' },
  };
  expect(listShippedPackages(lock, ['shown']).map(({ name, version }) => `${name} ${version}`)).toEqual([
    'a 1.0.0',
    'b 1.5.0',
    'b 2.0.0',
    'c 3.0.0',
    'shown 4.0.0',
  ]);
});
