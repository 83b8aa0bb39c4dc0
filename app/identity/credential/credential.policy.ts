import type { RuleDefault } from '../../policy/policy.service.ts';

const SYSTEM_READER = '(role:reader and system_scope:all)';
const CREDENTIAL_OWNER = 'user_id:%(target.credential.user_id)s';
const TRUSTOR = 'user_id:%(target.trust.trustor_user_id)s';
const TRUSTEE = 'user_id:%(target.trust.trustee_user_id)s';
const ADMIN_OR_READER = `rule:admin_required or ${SYSTEM_READER}`;
const PARTIES = `${ADMIN_OR_READER} or ${TRUSTOR} or ${TRUSTEE}`;
const SYSTEM_OR_PROJECT = ['system', 'project'] as const;

function rules(scopes: RuleDefault['scopes'], checks: Record<string, string>): RuleDefault[] {
  return Object.entries(checks).map(([name, check]) => ({
    name: `identity:${name}`,
    check,
    ...(scopes && { scopes }),
  }));
}

/** Keystone's own; where it names every scope none is named here, so that unscoped tokens count as there. */
export const CREDENTIAL_RULES: readonly RuleDefault[] = [
  ...rules(undefined, {
    get_credential: `${ADMIN_OR_READER} or ${CREDENTIAL_OWNER}`,
    list_credentials: `${ADMIN_OR_READER} or ${CREDENTIAL_OWNER}`,
    create_credential: `rule:admin_required or ${CREDENTIAL_OWNER}`,
    update_credential: `rule:admin_required or ${CREDENTIAL_OWNER}`,
    delete_credential: `rule:admin_required or ${CREDENTIAL_OWNER}`,
    ec2tokens_validate: 'rule:service_or_admin',
    s3tokens_validate: 'rule:service_or_admin',
  }),
  ...rules(SYSTEM_OR_PROJECT, {
    ec2_get_credential: `${ADMIN_OR_READER} or ${CREDENTIAL_OWNER}`,
    ec2_list_credentials: `${ADMIN_OR_READER} or rule:owner`,
    ec2_create_credential: `rule:admin_required or (role:member and ${CREDENTIAL_OWNER})`,
    ec2_delete_credential: `rule:admin_required or (role:member and ${CREDENTIAL_OWNER})`,
    list_application_credentials: `${ADMIN_OR_READER} or rule:owner`,
    get_application_credential: `${ADMIN_OR_READER} or rule:owner`,
    delete_application_credential: 'rule:admin_or_owner',
    list_access_rules: `${SYSTEM_READER} or user_id:%(target.user.id)s`,
    get_access_rule: `${SYSTEM_READER} or user_id:%(target.user.id)s`,
    delete_access_rule: '(role:admin and system_scope:all) or user_id:%(target.user.id)s',
    list_trusts: ADMIN_OR_READER,
    list_trusts_for_trustor: `${ADMIN_OR_READER} or ${TRUSTOR}`,
    list_trusts_for_trustee: `${ADMIN_OR_READER} or ${TRUSTEE}`,
    get_trust: PARTIES,
    list_roles_for_trust: PARTIES,
    get_role_for_trust: PARTIES,
    delete_trust: `rule:admin_required or ${TRUSTOR}`,
  }),
  ...rules(['project'], { create_application_credential: 'rule:owner', create_trust: TRUSTOR }),
];
