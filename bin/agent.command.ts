import { basename } from 'node:path';
import { runAgent } from '../agent/agent.ts';
import { explainDiskFull } from '../agent/disk-full.ts';
import { CumuletError } from '../app/contract/errors.ts';
import { DataFolderWatch } from '../app/data-folder-watch.ts';
import type { DataFolder } from './data-folder.ts';
import { AGENT_HELD_EXIT_CODE } from './local-agent.ts';
import { openLog } from './log.ts';
import type { Settings } from './settings.ts';
import { waitForStopRequest } from './stop-signal.ts';
import { letYoungSpaceGrow } from './young-space.ts';

/**
 * `cumulet agent`: runs an agent until it is asked to stop; machines go on running. Answers the exit code, which is
 * {@link AGENT_HELD_EXIT_CODE} when another agent holds the folder.
 */
export async function runAgentCommand(folder: DataFolder, settings: Settings): Promise<number> {
  const stopped = waitForStopRequest();
  const log = openLog(folder, 'agent', settings);
  try {
    const agent = await runAgent({
      dataDir: folder.path,
      hostName: settings['host-name'],
      hypervisor: settings.hypervisor,
      controllerFile: folder.controllerFile,
      secretFile: folder.agentSecretFile,
      log,
    });
    letYoungSpaceGrow();
    process.stdout.write(`Agent ${settings['host-name']} runs on ${folder.path}\n`);
    const watch = new DataFolderWatch(folder.path, basename(folder.agentDir));
    const gone = watch.gone.then(() => {
      throw folder.goneError();
    });
    try {
      await Promise.race([stopped, gone]);
    } finally {
      watch.close();
      await agent.close();
    }
    process.stdout.write('Agent stopped. Machines that run keep running.\n');
    return 0;
  } catch (error) {
    if (error instanceof CumuletError && error.code === 'conflict') {
      process.stderr.write(`cumulet: ${error.message}\n${error.hint ?? ''}\n`);
      return AGENT_HELD_EXIT_CODE;
    }
    throw explainDiskFull(error, 'starting the agent');
  }
}
