import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatOpenrc } from './openrc.command.ts';

test.each(['plain', `it's "quoted" $HOME \`id\` \\ !`, '-n', ' two\nlines ', ''])(
  'a shell reads the password back as it is: %j',
  (password) => {
    const script = `${formatOpenrc('http://127.0.0.1:8774', password)}\nprintf %s "$OS_PASSWORD|$OS_AUTH_URL|$OS_REGION_NAME"`;
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(
      `${password}|http://127.0.0.1:8774/identity/v3|RegionOne`,
    );
  },
);
