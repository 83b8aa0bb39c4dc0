/** What Tempest has to know of the cloud it judges; docs.openstack.org/tempest, "Sample Configuration File". */
export interface TempestTarget {
  /** Origin of the cloud, such as `http://127.0.0.1:8774`. */
  url: string;
  adminPassword: string;
  /** Where it may keep its locks. */
  workDir: string;
}

export type Sections = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** `tempest.conf`: what holds for all areas, and what `more` has beside it. */
export function tempestConfig({ url, adminPassword, workDir }: TempestTarget, more: Sections): string {
  const common: Sections = {
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
    identity: { uri_v3: `${url}/identity/v3`, auth_version: 'v3', region: 'RegionOne', v3_endpoint_type: 'public' },
    service_available: { cinder: false, neutron: true, glance: true, swift: false, nova: true, horizon: false },
  };
  const names = new Set([...Object.keys(common), ...Object.keys(more)]);
  return [...names].map((name) => ini(name, { ...common[name], ...more[name] })).join('\n');
}

function ini(name: string, options: Sections[string]): string {
  const lines = Object.entries(options).map(([option, value]) => `${option} = ${value}`);
  return `[${name}]\n${lines.join('\n')}\n`;
}
