/** What Tempest has to know of the cloud it judges; docs.openstack.org/tempest, "Sample Configuration File". */
export interface TempestTarget {
  /** Origin of the cloud, such as `http://127.0.0.1:8774`. */
  url: string;
  adminPassword: string;
  /** Where it may keep its locks. */
  workDir: string;
}

/** The password rules under which Tempest's security-compliance tests are run; the cloud is started with the same. */
export const COMPLIANCE = { unique_last_password_count: 2, lockout_failure_attempts: 2, lockout_duration: 3 };

/** `tempest.conf`: every optional feature of Keystone's v3 API is switched on, so that nothing is skipped for comfort. */
export function tempestConfig({ url, adminPassword, workDir }: TempestTarget): string {
  return ini({
    DEFAULT: { log_file: `${workDir}/tempest.log` },
    oslo_concurrency: { lock_path: `${workDir}/locks` },
    auth: {
      use_dynamic_credentials: true,
      create_isolated_networks: false,
      admin_username: 'admin',
      admin_password: adminPassword,
      admin_project_name: 'admin',
      admin_domain_name: 'Default',
      tempest_roles: 'member',
    },
    identity: {
      uri_v3: `${url}/identity/v3`,
      auth_version: 'v3',
      region: 'RegionOne',
      v3_endpoint_type: 'public',
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
    service_available: { cinder: false, neutron: true, glance: true, swift: false, nova: true, horizon: false },
  });
}

function ini(sections: Record<string, Record<string, string | number | boolean>>): string {
  return Object.entries(sections)
    .map(([name, options]) => {
      const lines = Object.entries(options).map(([option, value]) => `${option} = ${value}`);
      return `[${name}]\n${lines.join('\n')}\n`;
    })
    .join('\n');
}
