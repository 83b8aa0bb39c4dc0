import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { CumuletError, OperationalError, toWire } from '../app/contract/errors.ts';
import { type Controller, type ServeOptions, serve } from '../app/serve.ts';
import type { DataFolder } from './data-folder.ts';
import { openLog } from './log.ts';
import { findProductFiles } from './product-files.ts';
import { type Settings, takeAdminPassword } from './settings.ts';
import { desktopPort, waitForStopRequest } from './stop-signal.ts';
import { letYoungSpaceGrow } from './young-space.ts';

/**
 * The controller as a utility process of the desktop app. Messages to the app: `{type: 'ready', url, signInLink, logFolder}`,
 * `{type: 'held', url, logFolder}` when another controller has the data folder, `{type: 'failed', error}`
 * when it cannot start or its data folder is gone, and
 * `{type: 'sign-in-link', signInLink}` in answer to `sign-in-link`. `stop` ends it.
 */
export async function runDesktopController(
  folder: DataFolder,
  settings: Settings,
  { anyPort }: { anyPort: boolean },
): Promise<void> {
  const port = desktopPort();
  if (port === null) {
    throw new OperationalError('unavailable', 'user', 'This command is for the desktop app.', {
      hint: 'Use "cumulet serve".',
    });
  }
  const stopped = waitForStopRequest();
  const logFolder = dirname(folder.logFile('controller'));
  const log = openLog(folder, 'controller', settings);
  try {
    const controller = await startController(folder, settings, log, anyPort);
    letYoungSpaceGrow();
    port.on('message', async ({ data }) => {
      if (data === 'sign-in-link') port.postMessage({ type: data, signInLink: await controller.signInLink() });
    });
    port.postMessage({ type: 'ready', url: controller.url, signInLink: await controller.signInLink(), logFolder });
    const gone = controller.folderGone.then(() => {
      throw folder.goneError();
    });
    await Promise.race([stopped, gone]).finally(() => controller.close());
  } catch (error) {
    log.error({ err: error }, 'the controller cannot run');
    const other = folder.readController();
    if (other !== null && other.pid !== process.pid) port.postMessage({ type: 'held', url: other.url, logFolder });
    else port.postMessage({ type: 'failed', error: toWire(error) });
    await stopped;
  }
}

/** On the wished port; where another program has it and the person did not ask for this one, on any. */
async function startController(
  folder: DataFolder,
  settings: Settings,
  log: Logger,
  anyPort: boolean,
): Promise<Controller> {
  const { listen, database, identity, http } = settings;
  const options: ServeOptions = { dataDir: folder.path, listen, database, identity, http, ...findProductFiles(), log };
  const adminPassword = takeAdminPassword();
  if (adminPassword) options.adminPassword = adminPassword;
  try {
    return await serve(options);
  } catch (error) {
    const isTaken = error instanceof CumuletError && error.code === 'conflict' && folder.readController() === null;
    if (!anyPort || !isTaken) throw error;
    log.warn({ listen: settings.listen }, 'another program listens there; taking any port');
    return await serve({ ...options, listen: '127.0.0.1:0' });
  }
}
