import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where a program is that can be run here; null where it is not installed. */
export async function findExecutable(name: string): Promise<string | null> {
  const suffixes = process.platform === 'win32' ? ['.exe'] : [''];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  // Administrators' tools are not on everybody's PATH.
  if (process.platform === 'linux') folders.push('/usr/sbin', '/sbin');
  // Programs started from the Finder do not get the PATH of a shell.
  if (process.platform === 'darwin') folders.push('/opt/homebrew/bin', '/usr/local/bin');
  for (const folder of folders) {
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      try {
        await access(path, constants.X_OK);
        return path;
      } catch {
        // Not here; the next folder may have it.
      }
    }
  }
  return null;
}

/** The command that installs packages here, by the package manager of the distribution; null where there is none we know. */
export async function linuxInstallCommand(
  packages: Record<'apt' | 'dnf' | 'zypper' | 'pacman' | 'apk', string>,
): Promise<string | null> {
  const commands: [string, string][] = [
    ['apt-get', `apt-get install -y --no-install-recommends ${packages.apt}`],
    ['dnf', `dnf install -y ${packages.dnf}`],
    ['zypper', `zypper install -y ${packages.zypper}`],
    ['pacman', `pacman -S --noconfirm ${packages.pacman}`],
    ['apk', `apk add ${packages.apk}`],
  ];
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  for (const [tool, command] of commands) {
    if ((await findExecutable(tool)) !== null) return sudo + command;
  }
  return null;
}
