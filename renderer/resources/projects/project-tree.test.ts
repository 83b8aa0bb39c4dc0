import { expect, test } from 'vitest';
import type { ProjectView } from '../../api/project.api.ts';
import { projectPath, projectTree, subtreeLeavesFirst } from './project-tree.ts';

const project = (id: string, parent: string): ProjectView => ({
  id,
  name: id,
  domain_id: 'd',
  parent_id: parent,
  enabled: true,
});
const projects = [project('b', 'd'), project('a2', 'a'), project('a', 'd'), project('a10', 'a'), project('deep', 'a2')];

test('children stand under their parents, by name as people sort', () => {
  const shown = projectTree(projects, new Set()).map(
    ({ id, depth, hasChildren }) => `${depth}${id}${hasChildren ? '+' : ''}`,
  );
  expect(shown).toEqual(['0a+', '1a2+', '2deep', '1a10', '0b']);
});

test('what is below a closed project is left out', () => {
  expect(projectTree(projects, new Set(['a'])).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('a project whose parent one may not see stands at the top', () => {
  expect(projectTree([project('lost', 'unseen')], new Set())).toMatchObject([{ id: 'lost', depth: 0 }]);
});

test('leaves go before what they hang on', () => {
  const order = subtreeLeavesFirst(projects, 'a').map(({ id }) => id);
  expect(order.at(-1)).toBe('a');
  expect(order.indexOf('deep')).toBeLessThan(order.indexOf('a2'));
  expect(order).not.toContain('b');
});

test('a path names every level', () => {
  expect(projectPath(projects, 'deep')).toBe('a / a2 / deep');
});
