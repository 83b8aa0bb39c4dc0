import { expect, test } from 'vitest';
import { findImportProblems } from './import-directions.ts';

const problemsOf = (files: Record<string, string>) =>
  findImportProblems(Object.entries(files).map(([path, text]) => ({ path, text })));

test('accepts the directions of the design', () => {
  expect(
    problemsOf({
      'main/windows.ts': `import { serve } from '../app/serve.ts'; import type { A } from '../app/contract/ipc.ts';`,
      'renderer/page.tsx': `import { a } from '../app/contract/v1.ts'; const x = <b>{a}</b>; export { x };`,
      'agent/agent.ts': `export { a } from '../app/contract/bus.ts'; import 'node:fs';`,
      'bin/cumulet.ts': `await import('../agent/agent.ts'); import m from '../package.json' with { type: 'json' };`,
    }),
  ).toEqual([]);
});

test.each([
  ['app/a.ts', `import '../agent/agent.ts';`],
  ['app/a.ts', `import type { W } from '../main/windows.ts';`],
  ['renderer/a.tsx', `import { x } from '../app/http/edge.ts';`],
  ['agent/a.ts', `export * from '../app/database/database.ts';`],
  ['agent/a.ts', `const x = await import('../bin/cumulet.ts');`],
  ['main/a.ts', `import '../agent/agent.ts';`],
  ['app/compute/a.ts', `import { r } from '../image/image.repository.ts';`],
  ['app/compute/a.ts', `import type { ImageRecord } from '../image/image.tables.ts';`],
  ['app/a.ts', `import '../../elsewhere.ts';`],
])('refuses in %s: %s', (path, text) => {
  expect(problemsOf({ [path]: text })).toHaveLength(1);
});

test('a test may look anywhere, and one folder wires the repositories', () => {
  expect(
    problemsOf({
      'agent/a.test.ts': `import '../app/messaging/hub.ts';`,
      'app/create-cloud.ts': `import './image/image.repository.ts';`,
      'app/image/image.service.ts': `import './image.repository.ts';`,
    }),
  ).toEqual([]);
});

test('names the files of a circle, once', () => {
  expect(
    problemsOf({
      'app/a.ts': `import './b.ts';`,
      'app/b.ts': `export { c } from './c.ts';`,
      'app/c.ts': `import { a } from './a.ts';`,
      'app/d.ts': `import './a.ts';`,
    }),
  ).toEqual(['app/a.ts -> app/b.ts -> app/c.ts -> app/a.ts is a circle']);
});

test('types and late imports close no circle', () => {
  expect(
    problemsOf({
      'app/a.ts': `import './b.ts';`,
      'app/b.ts': `import type { A } from './a.ts'; import { type A as B } from './a.ts'; await import('./a.ts');`,
    }),
  ).toEqual([]);
});
