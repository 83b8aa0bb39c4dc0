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

/** One `export` a line. */
export function formatVariables(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoteForShell(value)}\n`)
    .join('');
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
