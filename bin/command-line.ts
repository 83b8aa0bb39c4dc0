import { Command, Option } from 'commander';
import { CumuletError } from '../app/contract/errors.ts';
import manifest from '../package.json' with { type: 'json' };
import { findDataFolder, type ReadSettings, readSettings } from './settings.ts';
import { inSources } from './source-lines.ts';
import { desktopPort } from './stop-signal.ts';

/** Options of `serve` and `agent`; commander gives names in camel case. */
interface RunOptions {
  dataDir?: string;
  listen?: string;
  agent?: boolean;
  hypervisor?: string;
  hostName?: string;
  firstImage?: string;
  logLevel?: string;
  logTo?: string;
  printSignInLink?: boolean;
}

interface BackupOptions {
  dataDir?: string;
  passphraseFile?: string;
  encrypt?: boolean;
  verify?: boolean;
}

const passphraseFileOption = () =>
  new Option('--passphrase-file <file>', 'whose first line is the passphrase (or CUMULET_BACKUP_PASSPHRASE)');
const dataDirOption = () => new Option('--data-dir <folder>', "where the cloud's data lives (CUMULET_DATA_DIR)");
const hypervisorOption = () =>
  new Option('--hypervisor <driver>', 'what runs machines on this computer: qemu (default) or simulated');
const logOptions = () => [
  new Option('--log-level <level>', 'trace, debug, info, warn or error'),
  new Option('--log-to <place>', '"file" (logs/ in the data folder) or "stderr"'),
];

/**
 * The command line. Commands are loaded when they are chosen: `openrc` need not wait for the controller's code.
 * `entry`: the file that the agent of this computer is started from.
 */
function createProgram(entry: string): Command {
  const program = new Command('cumulet')
    .description('A private cloud on this computer.')
    .version(manifest.version, '-V, --version')
    .showHelpAfterError('Run "cumulet --help" for all commands.')
    .exitOverride((error) => {
      throw error;
    });

  program
    .command('serve')
    .description('run the controller and the agent of this computer until stopped')
    .addOption(dataDirOption())
    .option('--listen <host:port>', 'address of the one origin (default 127.0.0.1:8774)')
    .option('--no-agent', 'run the controller only')
    .addOption(hypervisorOption())
    .option('--host-name <name>', "this computer's name in the cloud")
    .option('--first-image <name>', 'what a new cloud begins with: a name of "cumulet image list", or none')
    .option('--print-sign-in-link', 'print a link that signs in once')
    .addOption(logOptions()[0]!)
    .addOption(logOptions()[1]!)
    .action(async (options: RunOptions, command: Command) => {
      const { folder, settings } = readRunSettings(options, command);
      const { runServe } = await import('./serve.command.ts');
      await runServe(folder, settings, { entry, printSignInLink: options.printSignInLink ?? false });
    });

  program
    .command('agent')
    .description('run the agent of this computer in the foreground')
    .addOption(dataDirOption())
    .addOption(hypervisorOption())
    .option('--host-name <name>', "this computer's name in the cloud")
    .addOption(logOptions()[0]!)
    .addOption(logOptions()[1]!)
    .action(async (options: RunOptions, command: Command) => {
      const { folder, settings } = readRunSettings(options, command);
      const { runAgentCommand } = await import('./agent.command.ts');
      process.exitCode = await runAgentCommand(folder, settings);
    });

  program
    .command('desktop-controller', { hidden: true })
    .addOption(dataDirOption())
    .option('--listen <host:port>')
    .action(async (options: RunOptions, command: Command) => {
      const { folder, settings, given } = readRunSettings(options, command);
      const { runDesktopController } = await import('./desktop-controller.command.ts');
      await runDesktopController(folder, settings, { anyPort: !given.includes('listen') });
    });

  program
    .command('openrc')
    .description('print what a shell needs to talk to the running cloud: eval "$(cumulet openrc)"')
    .addOption(dataDirOption())
    .action(async (options: RunOptions) => {
      const { printOpenrc } = await import('./openrc.command.ts');
      await printOpenrc(findDataFolder(options.dataDir, process.env));
    });

  program
    .command('login')
    .description('sign in with a company account and print what a shell needs: eval "$(cumulet login --provider X)"')
    .requiredOption('--provider <id>', 'the identity provider, as the sign-in page lists it')
    .option('--url <address>', 'the cloud (default: the one running on this computer)')
    .addOption(dataDirOption())
    .action(async (options: RunOptions & { provider: string; url?: string }) => {
      const { runLogin } = await import('./login.command.ts');
      const running = () => findDataFolder(options.dataDir, process.env).requireController().url;
      await runLogin({ url: options.url ?? running(), provider: options.provider });
    });

  const image = program.command('image').description('images of the catalogue, for the running cloud');
  image
    .command('list')
    .description('what there is to have, and what of it is here')
    .addOption(dataDirOption())
    .action(async (options: RunOptions) => {
      const { listCatalog } = await import('./image.command.ts');
      await listCatalog(findDataFolder(options.dataDir, process.env));
    });
  image
    .command('import')
    .argument('<name>', 'as "cumulet image list" shows it')
    .description('fetch or make one of them, and print its id when it is here')
    .addOption(dataDirOption())
    .action(async (name: string, options: RunOptions) => {
      const { importFromCatalog } = await import('./image.command.ts');
      await importFromCatalog(findDataFolder(options.dataDir, process.env), name);
    });

  program
    .command('sign-in-link')
    .description('print a link that signs in to the running dashboard, once')
    .addOption(dataDirOption())
    .action(async (options: RunOptions) => {
      const { printSignInLink } = await import('./sign-in-link.command.ts');
      await printSignInLink(findDataFolder(options.dataDir, process.env));
    });

  addUnclaimed(program);

  program
    .command('backup')
    .description('write everything of a cloud into one file, while it runs or not; --verify checks such a file')
    .argument('<file>', 'the backup')
    .addOption(dataDirOption())
    .addOption(passphraseFileOption())
    .option('--encrypt', 'ask for a passphrase where none is given')
    .option('--verify', 'read the file instead, and check all of it')
    .action(async (file: string, options: BackupOptions) => {
      const { runBackup, runVerify } = await import('./backup.command.ts');
      if (options.verify) await runVerify(file, options);
      else
        await runBackup(readSettings({ dataDir: options.dataDir, env: process.env, commandLine: {} }), file, options);
    });

  program
    .command('restore')
    .description('make a backup a cloud again, in a folder that is empty, on any computer')
    .argument('[file]', 'the backup')
    .addOption(dataDirOption())
    .addOption(passphraseFileOption())
    .option(
      '--database <copy>',
      'instead: put this copy of the database in place of the one of a cloud that is stopped',
    )
    .action(async (file: string | undefined, options: BackupOptions & { database?: string }) => {
      const { runRestore, runRestoreDatabase } = await import('./backup.command.ts');
      const folder = findDataFolder(options.dataDir, process.env);
      if (options.database !== undefined && file === undefined) await runRestoreDatabase(folder, options.database);
      else await runRestore(folder, file, options);
    });

  program
    .command('reset-admin-password')
    .description('give the administrator of a cloud that is stopped a new password, and end their sessions')
    .addOption(dataDirOption())
    .action(async (options: RunOptions) => {
      const { runResetAdminPassword } = await import('./reset-admin-password.command.ts');
      await runResetAdminPassword(readSettings({ dataDir: options.dataDir, env: process.env, commandLine: {} }));
    });

  program
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`Cumulet ${manifest.version} (Node ${process.versions.node})\n`);
    });

  return program;
}

/** `cumulet unclaimed list|adopt|remove` */
function addUnclaimed(program: Command): void {
  const unclaimed = program
    .command('unclaimed')
    .description('machines, folders and files that were found and the running cloud does not know');
  const folderOf = (options: RunOptions) => findDataFolder(options.dataDir, process.env);
  unclaimed
    .command('list')
    .description('list them')
    .option('--json', 'print JSON')
    .addOption(dataDirOption())
    .action(async (options: RunOptions & { json?: boolean }) => {
      const { listUnclaimed } = await import('./unclaimed.command.ts');
      await listUnclaimed(folderOf(options), options);
    });
  unclaimed
    .command('adopt <id>')
    .description('make a server or an image of a project of it, as it is')
    .requiredOption('--project <name or id>', 'whose it becomes')
    .option('--json', 'print JSON')
    .addOption(dataDirOption())
    .action(async (id: string, options: RunOptions & { project: string; json?: boolean }) => {
      const { adoptUnclaimed } = await import('./unclaimed.command.ts');
      await adoptUnclaimed(folderOf(options), id, options);
    });
  unclaimed
    .command('remove <id>')
    .description('remove it for good')
    .requiredOption('--name <name>', 'its name, as the list shows it')
    .addOption(dataDirOption())
    .action(async (id: string, options: RunOptions & { name: string }) => {
      const { removeUnclaimed } = await import('./unclaimed.command.ts');
      await removeUnclaimed(folderOf(options), id, options);
    });
}

function readRunSettings(options: RunOptions, command: Command): ReadSettings {
  return readSettings({
    dataDir: options.dataDir,
    env: process.env,
    commandLine: {
      listen: options.listen,
      // Commander sets `agent` to true where --no-agent is absent; only what was typed may outrank the environment.
      agent: command.getOptionValueSource('agent') === 'cli' ? options.agent : undefined,
      hypervisor: options.hypervisor,
      'host-name': options.hostName,
      'first-image': options.firstImage,
      'log-level': options.logLevel,
      'log-to': options.logTo,
    },
  });
}

/** An error as a person reads it on a terminal: what, and what to do. */
function describeError(error: unknown): string {
  if (error instanceof CumuletError && error.code !== 'unexpected') {
    return `cumulet: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`;
  }
  return `cumulet: ${error instanceof Error ? inSources(error.stack ?? error.message) : String(error)}`;
}

/** Runs the command that was typed; `entry` is the program's own file. */
export async function runCommandLine(entry: string): Promise<void> {
  // What nobody catches ends the process in Node's words, which show the stack as it is then.
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    if (error instanceof Error && error.stack) error.stack = inSources(error.stack);
  });
  // A terminal that is closed, a full disk: what cannot be said ends nothing.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    await createProgram(entry).parseAsync(process.argv);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')) {
      // Commander has printed it; help and version are errors of its own kind with exit code 0.
      process.exitCode = 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : 1;
    } else {
      process.stderr.write(`${describeError(error)}\n`);
      process.exitCode = 1;
    }
  }
  // A utility process lives as long as its channel is open.
  if (desktopPort() !== null) process.exit();
}
