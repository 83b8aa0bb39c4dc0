import { expect, test } from 'vitest';
import { OutcomeReader, readOutcome } from './stestr-output.ts';

test('outcomes are read from what stestr prints, reasons with them', () => {
  expect(
    [
      '{0} tempest.api.identity.v3.test_users.IdentityV3UsersTest.test_user_account_lockout [5.1s] ... ok',
      '{1} tempest.api.identity.v3.test_tokens.TokensV3Test.test_create_token [0.2s] ... FAILED',
      '{0} tempest.api.identity.v3.test_users.IdentityV3UsersTest.test_x ... SKIPPED: Security compliance not available.',
      '{0} setUpClass (tempest.api.identity.v3.test_ec2_credentials.EC2CredentialsTest) ... SKIPPED: no, really',
      'Captured traceback:',
    ].map(readOutcome),
  ).toMatchInlineSnapshot(`
    [
      {
        "reason": null,
        "result": "passed",
        "test": "tempest.api.identity.v3.test_users.IdentityV3UsersTest.test_user_account_lockout",
      },
      {
        "reason": null,
        "result": "failed",
        "test": "tempest.api.identity.v3.test_tokens.TokensV3Test.test_create_token",
      },
      {
        "reason": "Security compliance not available.",
        "result": "skipped",
        "test": "tempest.api.identity.v3.test_users.IdentityV3UsersTest.test_x",
      },
      {
        "reason": "no, really",
        "result": "skipped",
        "test": "setUpClass (tempest.api.identity.v3.test_ec2_credentials.EC2CredentialsTest)",
      },
      undefined,
    ]
  `);
});

test('what became of a class is what became of its tests, and a failure says what was raised', () => {
  const tests = ['a.A.test_1[id-1]', 'a.A.test_2[id-2]', 'a.AB.test_3[id-3]', 'b.B.test_4[id-4]'];
  const reader = new OutcomeReader(tests);
  const lines = [
    '{0} setUpClass (a.A) ... SKIPPED: no such service',
    '{1} b.B.test_4 [0.1s] ... FAILED',
    '',
    'Captured traceback:',
    '~~~~~~~~~~~~~~~~~~~',
    '    Traceback (most recent call last):',
    '      File "test.py", line 3, in test_4',
    '    body: dict = self.client.show()',
    '    tempest.lib.exceptions.BadRequest: Bad request',
    "Details: {'code': 400}",
    '',
    'Captured pythonlogging:',
    '~~~~~~~~~~~~~~~~~~~~~~~',
    '    logging: of another kind',
    '==============================',
    'Failed 1 tests - output below:',
    'Captured traceback:',
    '{0} a.AB.test_3 ... ok',
  ];
  for (const line of lines) reader.read(line);
  expect(reader.outcomes).toEqual([
    { test: 'a.A.test_1[id-1]', result: 'skipped', reason: 'no such service' },
    { test: 'a.A.test_2[id-2]', result: 'skipped', reason: 'no such service' },
    {
      test: 'b.B.test_4',
      result: 'failed',
      reason: "tempest.lib.exceptions.BadRequest: Bad request {'code': 400}",
    },
    { test: 'a.AB.test_3', result: 'passed', reason: null },
  ]);
});
