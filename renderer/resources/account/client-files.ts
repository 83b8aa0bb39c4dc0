import type { Session } from '../../api/session.ts';

/** Files that OpenStack's command line and libraries read; a password is asked for, never written. */
export type ClientAuth =
  | { kind: 'password'; session: Session }
  | { kind: 'application-credential'; id: string; secret: string };

const REGION = 'RegionOne';
const CLOUD = 'cumulet';

export function cloudsYaml(origin: string, auth: ClientAuth): string {
  const fields = Object.entries({ auth_url: `${origin}/identity/v3`, ...authFields(auth) });
  return [
    'clouds:',
    `  ${CLOUD}:`,
    `    auth_type: ${auth.kind === 'password' ? 'password' : 'v3applicationcredential'}`,
    '    auth:',
    // A JSON text is a YAML scalar, whatever is in a name.
    ...fields.map(([name, value]) => `      ${name}: ${JSON.stringify(value)}`),
    `    region_name: ${REGION}`,
    '    interface: public',
    '    identity_api_version: 3',
    '',
  ].join('\n');
}

export function openrc(origin: string, auth: ClientAuth): string {
  const fields = { auth_url: `${origin}/identity/v3`, ...authFields(auth) };
  const lines = Object.entries(fields).map(([name, value]) => `export OS_${name.toUpperCase()}=${shellQuote(value)}`);
  const password =
    auth.kind === 'password'
      ? ['printf "Password: "', 'stty -echo', 'read -r OS_PASSWORD', 'stty echo', 'echo', 'export OS_PASSWORD']
      : [];
  const type = auth.kind === 'password' ? 'password' : 'v3applicationcredential';
  return [
    `export OS_AUTH_TYPE=${type}`,
    ...lines,
    `export OS_REGION_NAME=${REGION}`,
    'export OS_IDENTITY_API_VERSION=3',
    'export OS_INTERFACE=public',
    ...password,
    '',
  ].join('\n');
}

function authFields(auth: ClientAuth): Record<string, string> {
  if (auth.kind === 'application-credential') {
    return { application_credential_id: auth.id, application_credential_secret: auth.secret };
  }
  const { user, project, domain, isSystem } = auth.session;
  return {
    username: user.name,
    user_domain_name: user.domain.name,
    ...(project ? { project_name: project.name, project_domain_name: project.domain.name } : {}),
    ...(domain ? { domain_name: domain.name } : {}),
    ...(isSystem ? { system_scope: 'all' } : {}),
  };
}

function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
