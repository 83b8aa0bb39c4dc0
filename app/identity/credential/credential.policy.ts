import type { Level } from '../../policy/base.policy.ts';
import type { RuleDefault } from '../../policy/policy.service.ts';
import {
  ADMIN,
  ADMIN_OR_SYSTEM_READER,
  keystoneRules,
  ofAnyToken,
  ofCloud,
  ofProject,
  SYSTEM_READER,
} from '../keystone.policy.ts';

const CREDENTIAL_OWNER = 'user_id:%(target.credential.user_id)s';
const TRUSTOR = 'user_id:%(target.trust.trustor_user_id)s';
const TRUSTEE = 'user_id:%(target.trust.trustee_user_id)s';
const PARTIES = `${ADMIN_OR_SYSTEM_READER} or ${TRUSTOR} or ${TRUSTEE}`;

function checks(level: (check: string) => Level, ofName: Record<string, string>): RuleDefault[] {
  return Object.entries(ofName).flatMap(([name, check]) => keystoneRules(level(check), name));
}

/** Keystone's own. */
export const CREDENTIAL_RULES: readonly RuleDefault[] = [
  ...checks(ofAnyToken, {
    get_credential: `${ADMIN_OR_SYSTEM_READER} or ${CREDENTIAL_OWNER}`,
    list_credentials: `${ADMIN_OR_SYSTEM_READER} or ${CREDENTIAL_OWNER}`,
    create_credential: `${ADMIN} or ${CREDENTIAL_OWNER}`,
    update_credential: `${ADMIN} or ${CREDENTIAL_OWNER}`,
    delete_credential: `${ADMIN} or ${CREDENTIAL_OWNER}`,
    ec2tokens_validate: 'rule:service_or_admin',
    s3tokens_validate: 'rule:service_or_admin',
  }),
  ...checks(ofCloud, {
    ec2_get_credential: `${ADMIN_OR_SYSTEM_READER} or ${CREDENTIAL_OWNER}`,
    ec2_list_credentials: `${ADMIN_OR_SYSTEM_READER} or rule:owner`,
    ec2_create_credential: `${ADMIN} or (role:member and ${CREDENTIAL_OWNER})`,
    ec2_delete_credential: `${ADMIN} or (role:member and ${CREDENTIAL_OWNER})`,
    list_application_credentials: `${ADMIN_OR_SYSTEM_READER} or rule:owner`,
    get_application_credential: `${ADMIN_OR_SYSTEM_READER} or rule:owner`,
    delete_application_credential: 'rule:admin_or_owner',
    list_access_rules: `${SYSTEM_READER} or user_id:%(target.user.id)s`,
    get_access_rule: `${SYSTEM_READER} or user_id:%(target.user.id)s`,
    delete_access_rule: '(role:admin and system_scope:all) or user_id:%(target.user.id)s',
    list_trusts: ADMIN_OR_SYSTEM_READER,
    list_trusts_for_trustor: `${ADMIN_OR_SYSTEM_READER} or ${TRUSTOR}`,
    list_trusts_for_trustee: `${ADMIN_OR_SYSTEM_READER} or ${TRUSTEE}`,
    get_trust: PARTIES,
    list_roles_for_trust: PARTIES,
    get_role_for_trust: PARTIES,
    delete_trust: `${ADMIN} or ${TRUSTOR}`,
  }),
  ...checks(ofProject, { create_application_credential: 'rule:owner', create_trust: TRUSTOR }),
];
