import { expect, test } from 'vitest';
import { describeChain, roleChain } from './role-chain.ts';

const role = (id: string) => ({ id, name: id, links: { self: `/${id}` } });
const inference = (prior: string, ...implies: string[]) => ({ prior_role: role(prior), implies: implies.map(role) });

test('a role brings others level by level, each once', () => {
  const chain = roleChain(
    [inference('admin', 'manager', 'audit'), inference('manager', 'member'), inference('member', 'admin')],
    'admin',
  );
  expect(describeChain(chain)).toBe('manager, audit → member');
  expect(roleChain([], 'reader')).toEqual([]);
});
