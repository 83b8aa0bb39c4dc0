import { OperationalError } from '../app/contract/errors.ts';
import { statusSchema } from '../app/contract/v1.ts';
import type { ControllerFile, DataFolder } from './data-folder.ts';

/** `cumulet openrc`: what OpenStack's clients read from the environment, quoted for a POSIX shell. */
export async function printOpenrc(folder: DataFolder): Promise<void> {
  const controller = folder.requireController();
  await checkAnswers(controller, folder);
  process.stdout.write(formatOpenrc(controller.url, folder.readAdminPassword()));
}

export function formatOpenrc(url: string, password: string): string {
  const variables = {
    OS_AUTH_URL: new URL('/identity/v3', url).href,
    OS_USERNAME: 'admin',
    OS_PASSWORD: password,
    OS_PROJECT_NAME: 'admin',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_IDENTITY_API_VERSION: '3',
    OS_REGION_NAME: 'RegionOne',
  };
  return formatVariables(variables);
}

/** What clients read to know who signs in, by what and where to. */
const SIGN_IN_VARIABLES = [
  ...['OS_CLOUD', 'OS_AUTH_TYPE', 'OS_TOKEN', 'OS_PASSWORD', 'OS_TRUST_ID'],
  ...['OS_USERNAME', 'OS_USER_ID', 'OS_USER_DOMAIN_NAME', 'OS_USER_DOMAIN_ID'],
  ...['OS_PROJECT_NAME', 'OS_PROJECT_ID', 'OS_PROJECT_DOMAIN_NAME', 'OS_PROJECT_DOMAIN_ID'],
  ...['OS_SYSTEM_SCOPE', 'OS_DOMAIN_NAME', 'OS_DOMAIN_ID'],
];

/** One `export` a line. What an earlier sign-in left in the shell is taken away: clients would mix the two, or refuse. */
export function formatVariables(variables: Record<string, string>): string {
  const leftOver = SIGN_IN_VARIABLES.filter((name) => !(name in variables));
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${quoteForShell(value)}\n`);
  return [`unset ${leftOver.join(' ')}\n`, ...exports].join('');
}

/** Single quotes keep everything as it is; a quote itself ends the string, stands escaped, and begins it again. */
function quoteForShell(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A `controller.json` may outlive its controller and the process id may be another program's by now: ask it. */
async function checkAnswers(controller: ControllerFile, folder: DataFolder): Promise<void> {
  const status = await fetch(new URL('/v1/status', controller.url), { signal: AbortSignal.timeout(10_000) })
    .then(async (response) => statusSchema.parse(await response.json()))
    .catch((cause: unknown) => {
      throw new OperationalError('unavailable', 'controller', `Cumulet does not answer at ${controller.url}.`, {
        hint: `Look at ${folder.logFile('controller')}.`,
        cause,
      });
    });
  if (status.controllerId !== controller.controllerId) {
    throw new OperationalError('unavailable', 'controller', `Another program answers at ${controller.url}.`, {
      hint: 'Stop it, or start Cumulet with another --listen.',
    });
  }
}
