import { serve } from '../app/serve.ts';
import type { DataFolder } from './data-folder.ts';
import { LocalAgent } from './local-agent.ts';
import { openLog } from './log.ts';
import { findProductFiles } from './product-files.ts';
import { type Settings, takeAdminPassword } from './settings.ts';
import { waitForStopRequest } from './stop-signal.ts';
import { letYoungSpaceGrow } from './young-space.ts';

/** `cumulet serve`: the controller in this process and the agent of this computer beside it, until asked to stop. */
export async function runServe(
  folder: DataFolder,
  settings: Settings,
  { entry, printSignInLink }: { entry: string; printSignInLink: boolean },
): Promise<void> {
  const stopped = waitForStopRequest();
  const log = openLog(folder, 'controller', settings);
  const adminPassword = takeAdminPassword();
  const controller = await serve({
    dataDir: folder.path,
    listen: settings.listen,
    database: settings.database,
    identity: settings.identity,
    compute: settings.compute,
    metadata: settings.metadata,
    http: settings.http,
    ...(settings['first-image'] === 'none' ? {} : { firstImage: settings['first-image'] }),
    ...(adminPassword ? { adminPassword } : {}),
    ...findProductFiles(),
    log,
  });
  letYoungSpaceGrow();
  const agent = settings.agent ? new LocalAgent({ entry, folder, settings, log }) : null;
  try {
    agent?.start();
    say(`Cumulet runs at ${controller.url} on ${folder.path}`);
    for (const warning of controller.warnings) say(warning);
    if (printSignInLink) say(`Sign in (works once): ${await controller.signInLink()}`);
    const gone = controller.folderGone.then(() => {
      throw folder.goneError();
    });
    const reason = await Promise.race([stopped, gone]);
    log.info({ reason }, 'stopping');
    say('Stopping ...');
  } finally {
    await agent?.stop();
    await controller.close();
  }
  say(
    agent === null
      ? 'The controller stopped. Agents and their machines keep running.'
      : 'Controller and agent stopped. Machines that run keep running; start again to find them.',
  );
}

/** A closed terminal must not keep us from stopping cleanly. */
function say(line: string): void {
  if (process.stdout.writable) process.stdout.write(`${line}\n`);
}
