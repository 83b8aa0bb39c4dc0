import { expect, test } from 'vitest';
import { readOutcome } from './stestr-output.ts';

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
