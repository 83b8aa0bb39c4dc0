import { identitySettingsSchema } from '../../../app/identity/identity.settings.ts';
import type { Area } from '../area.ts';

/** The password rules under which Tempest's security-compliance tests are run. */
const COMPLIANCE = { unique_last_password_count: 2, lockout_failure_attempts: 2, lockout_duration: 3 };

/** Keystone's v3 API with every optional feature switched on; v2 was removed from OpenStack in 2018. */
export const area: Area = {
  tests: '^tempest\\.api\\.identity\\.(v3|admin\\.v3)\\.',
  // Nearly half of them, some of every resource.
  gate: '^tempest\\.api\\.identity\\.(v3\\.|admin\\.v3\\.test_(credentials|domains|endpoints|groups|list_projects|policies|tokens|trusts|users)\\.)',
  atLeast: { gate: 60, all: 138 },
  cloud: { hypervisor: 'none', identity: identitySettingsSchema.parse({ security_compliance: COMPLIANCE }) },
  prepare: async () => ({
    identity: {
      user_unique_last_password_count: COMPLIANCE.unique_last_password_count,
      user_lockout_failure_attempts: COMPLIANCE.lockout_failure_attempts,
      user_lockout_duration: COMPLIANCE.lockout_duration,
    },
    'identity-feature-enabled': {
      api_v2: false,
      api_v3: true,
      trust: true,
      security_compliance: true,
      domain_specific_drivers: true,
      project_tags: true,
      application_credentials: true,
      access_rules: true,
    },
  }),
  missing: {},
};
