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

test('what another sign-in left in the shell is gone', () => {
  const before = 'set -eu; export OS_AUTH_TYPE=token OS_TOKEN=t OS_PROJECT_ID=p';
  const script = `${before}\n${formatOpenrc('http://127.0.0.1:8774', 'secret')}\nenv | grep ^OS_ | cut -d= -f1 | sort`;
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trim().split('\n')).toEqual([
    'OS_AUTH_URL',
    'OS_IDENTITY_API_VERSION',
    'OS_PASSWORD',
    'OS_PROJECT_DOMAIN_NAME',
    'OS_PROJECT_NAME',
    'OS_REGION_NAME',
    'OS_USERNAME',
    'OS_USER_DOMAIN_NAME',
  ]);
});
