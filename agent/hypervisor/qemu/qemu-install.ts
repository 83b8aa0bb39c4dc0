import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { OperationalError } from '../../../app/contract/errors.ts';
import { findExecutable, linuxInstallCommand } from '../../host-programs.ts';
import { findFirmware } from './firmware.ts';

const run = promisify(execFile);

/** What the QEMU of this host is and can, found by asking it once. */
export interface QemuInstall {
  binary: string;
  imageTool: string;
  /** As `7.2.22`. */
  version: string;
  /** `pc` -> `pc-i440fx-7.2`, and each versioned type to itself. */
  machineTypes: ReadonlyMap<string, string>;
  /** Its kinds of devices and of other things, by their names. */
  devices: ReadonlySet<string>;
  hasSandbox: boolean;
  /** There is a board, and a firmware for it, that starts only what is signed. */
  canBeSecure: boolean;
}

/** Guests are x86_64 today, whatever the host is. */
const SYSTEM_BINARY = 'qemu-system-x86_64';
const IMAGE_TOOL = 'qemu-img';
const ASK_TIMEOUT_MS = 30_000;

const answerSchema = z.object({ id: z.string(), return: z.unknown() });
const versionSchema = z.object({ qemu: z.object({ major: z.number(), minor: z.number(), micro: z.number() }) });
const machinesSchema = z.array(z.object({ name: z.string(), alias: z.string().optional() }));
const typesSchema = z.array(z.object({ name: z.string() }));
const optionsSchema = z.array(z.object({ option: z.string() }));

/** Null when QEMU or its image tool is not installed. */
export async function findQemu(): Promise<QemuInstall | null> {
  const [binary, imageTool] = await Promise.all([findExecutable(SYSTEM_BINARY), findExecutable(IMAGE_TOOL)]);
  if (binary === null || imageTool === null) return null;
  const answers = await ask(binary, [
    ...['query-version', 'query-machines', 'query-command-line-options', 'qom-list-types'],
  ]);
  const { qemu } = versionSchema.parse(answers.get('query-version'));
  const machineTypes = new Map<string, string>();
  for (const { name, alias } of machinesSchema.parse(answers.get('query-machines'))) {
    machineTypes.set(name, name);
    if (alias !== undefined) machineTypes.set(alias, name);
  }
  const options = optionsSchema.parse(answers.get('query-command-line-options'));
  return {
    binary,
    imageTool,
    version: `${qemu.major}.${qemu.minor}.${qemu.micro}`,
    machineTypes,
    devices: new Set(typesSchema.parse(answers.get('qom-list-types')).map(({ name }) => name)),
    hasSandbox: options.some(({ option }) => option === 'sandbox'),
    canBeSecure: machineTypes.has('q35') && (await findFirmware(true)) !== null,
  };
}

/** One short-lived QEMU without a machine, asked over QMP on its standard streams. */
async function ask(binary: string, commands: string[]): Promise<Map<string, unknown>> {
  const args = ['-machine', 'none', '-nodefaults', '-no-user-config', '-display', 'none', '-qmp', 'stdio'];
  const requests = ['qmp_capabilities', ...commands, 'quit'].map((execute) => JSON.stringify({ execute, id: execute }));
  const asked = run(binary, args, { timeout: ASK_TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 });
  asked.child.stdin?.on('error', () => undefined);
  asked.child.stdin?.write(`${requests.join('\n')}\n`);
  let stdout: string;
  try {
    ({ stdout } = await asked);
  } catch (error) {
    throw new OperationalError('hypervisor_failed', 'hypervisor', `${binary} does not run: ${error}`, {
      hint: 'Reinstall QEMU.',
      cause: error,
    });
  }
  const answers = new Map<string, unknown>();
  for (const line of stdout.split('\n')) {
    if (line.trim() === '') continue;
    const answer = answerSchema.safeParse(JSON.parse(line));
    if (answer.success) answers.set(answer.data.id, answer.data.return);
  }
  return answers;
}

/** The command that installs QEMU here, ready to paste; null where there is no usual one. */
export async function installCommand(): Promise<string | null> {
  if (process.platform === 'darwin') return 'brew install qemu';
  if (process.platform === 'win32') return 'winget install -e --id SoftwareFreedomConservancy.QEMU';
  return linuxInstallCommand({
    apt: 'qemu-system-x86 qemu-utils ovmf seabios ipxe-qemu',
    dnf: 'qemu-system-x86-core qemu-img edk2-ovmf',
    zypper: 'qemu-x86 qemu-img qemu-ovmf-x86_64',
    pacman: 'qemu-system-x86 qemu-img edk2-ovmf',
    apk: 'qemu-system-x86_64 qemu-img ovmf',
  });
}

export async function qemuMissing(): Promise<OperationalError> {
  const command = await installCommand();
  return new OperationalError('hypervisor_failed', 'hypervisor', 'QEMU is not installed on this host.', {
    hint: command === null ? 'Install QEMU, then try again.' : `Install it with: ${command}`,
  });
}
