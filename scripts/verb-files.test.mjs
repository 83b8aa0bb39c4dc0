import { expect, test } from 'vitest';
import { filesOfVerbs } from './verb-files.mjs';

/** Words of other things too (`start`, `stop`) are no measure; these name nothing but the verb. */
test('a verb costs no more than nine files', () => {
  const files = filesOfVerbs();
  for (const verb of ['trigger_crash_dump', 'inject_network_info']) {
    const named = files.get(verb);
    expect(named.length, named.join('\n')).toBeLessThanOrEqual(9);
    expect(named).toContain('app/compute/verbs/verbs.ts');
  }
});
