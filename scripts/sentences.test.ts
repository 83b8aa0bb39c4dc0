import { expect, test } from 'vitest';
import { findSentences } from './sentences.ts';

test('finds sentences in the code, but not those for whoever programs', () => {
  const code = [
    "throw new CloudError('It does not answer.', { hint: `Look there first.` });",
    'const element = <p title="Really?">Nothing was copied!</p>;',
    "throw new Error('The page has no root.');",
    "console.error('It did not leave.');",
    "const name = 'Cumulet'; // Not a sentence. Nor is this.",
  ];
  expect(findSentences('page.tsx', code.join('\n'))).toEqual([1, 1, 2]);
});
