import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, Step, tail } from './progress.mjs';
import { readStamp, writeStamp } from './stamps.mjs';

/**
 * What is needed from the system: how it is seen to be there, the package that brings it under each manager, and what
 * does not work without it. `purpose` is `run` (the product) or `test` (the tests only).
 */
const needs = [
  need(
    'run',
    'machines',
    { program: qemuProgram() },
    {
      apt: qemuPackage(),
      dnf: 'qemu-kvm',
      pacman: 'qemu-base',
      brew: 'qemu',
      winget: 'SoftwareFreedomConservancy.QEMU',
    },
  ),
  need(
    'run',
    'machines',
    { program: 'qemu-img' },
    { apt: 'qemu-utils', dnf: 'qemu-img', pacman: 'qemu-img', brew: 'qemu', winget: 'SoftwareFreedomConservancy.QEMU' },
  ),
  ...onLinux([
    need(
      'run',
      'machines with UEFI',
      { files: ['/usr/share/OVMF', '/usr/share/edk2', '/usr/share/AAVMF', '/usr/share/qemu/firmware'] },
      { apt: process.arch === 'arm64' ? 'qemu-efi-aarch64' : 'ovmf', dnf: 'edk2-ovmf', pacman: 'edk2-ovmf' },
    ),
  ]),
  ...onLinux([
    need(
      'run',
      'keeping guests from this computer',
      { program: 'pasta' },
      { apt: 'passt', dnf: 'passt', pacman: 'passt' },
    ),
    need(
      'run',
      'keeping guests from this computer',
      { program: 'nft' },
      { apt: 'nftables', dnf: 'nftables', pacman: 'nftables' },
    ),
    need(
      'run',
      'keeping guests from this computer',
      { program: 'ip' },
      { apt: 'iproute2', dnf: 'iproute', pacman: 'iproute2' },
    ),
    need(
      'run',
      'keeping guests from this computer',
      { program: 'setpriv' },
      { apt: 'util-linux', dnf: 'util-linux', pacman: 'util-linux' },
    ),
    need(
      'run',
      'the metadata service of guests',
      { program: 'socat' },
      { apt: 'socat', dnf: 'socat', pacman: 'socat' },
    ),
  ]),
  // The built-in small Linux is made from Debian packages on this computer.
  ...onDebian([
    guestTool('cpio', 'cpio'),
    guestTool('depmod', 'kmod'),
    guestTool('mcopy', 'mtools'),
    guestTool('mkfs.vfat', 'dosfstools'),
    guestTool('sfdisk', 'fdisk'),
    guestTool('syslinux', 'syslinux'),
    need('run', 'the built-in small Linux', { files: ['/usr/lib/syslinux/mbr/mbr.bin'] }, { apt: 'syslinux-common' }),
    guestTool('mke2fs', 'e2fsprogs'),
    guestTool('gzip', 'gzip'),
  ]),
  ...onLinux([
    need('test', 'browser tests', { program: 'chromium' }, { apt: 'chromium', dnf: 'chromium', pacman: 'chromium' }),
    need(
      'test',
      'client tests',
      { program: 'openstack' },
      { apt: 'python3-openstackclient', dnf: 'python3-openstackclient' },
    ),
    need(
      'test',
      'client tests',
      { files: ['/usr/lib/python3/dist-packages/osc_placement'] },
      { apt: 'python3-osc-placement' },
    ),
    need('test', 'a Debian guest', { program: 'debootstrap' }, { apt: 'debootstrap' }),
    need('test', 'machines with a TPM', { program: 'swtpm' }, { apt: 'swtpm', dnf: 'swtpm', pacman: 'swtpm' }),
    need('test', 'client tests', { files: ['/usr/lib/python3/dist-packages/botocore'] }, { apt: 'python3-botocore' }),
    need(
      'test',
      'tests with a wrong clock',
      // Debian, Fedora and Arch keep it in three places.
      {
        files: [
          `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`,
          '/usr/lib64/faketime/libfaketimeMT.so.1',
          '/usr/lib/faketime/libfaketimeMT.so.1',
        ],
      },
      { apt: 'libfaketime', dnf: 'libfaketime', pacman: 'libfaketime' },
    ),
    need('test', 'conformance tests', { program: 'tempest' }, { apt: 'tempest' }),
    need(
      'test',
      'tests on PostgreSQL',
      // Debian keeps its programs out of the path.
      { files: [...debianPostgres(), '/usr/bin/initdb', '/usr/local/bin/initdb'] },
      { apt: 'postgresql', dnf: 'postgresql-server', pacman: 'postgresql' },
    ),
    need('test', 'tests of sign-in by LDAP', { program: 'slapd' }, { apt: 'slapd' }),
    need('test', 'tests of sign-in by LDAP', { program: 'openssl' }, { apt: 'openssl' }),
    need(
      'test',
      'client tests',
      { program: 'ssh' },
      { apt: 'openssh-client', dnf: 'openssh-clients', pacman: 'openssh' },
    ),
    need(
      'test',
      'desktop tests',
      { program: 'Xvfb' },
      { apt: 'xvfb', dnf: 'xorg-x11-server-Xvfb', pacman: 'xorg-server-xvfb' },
    ),
    need(
      'test',
      'image tests',
      { program: 'genisoimage' },
      { apt: 'genisoimage', dnf: 'genisoimage', pacman: 'cdrtools' },
    ),
    need(
      'test',
      'screenshots in Chinese',
      {
        files: [
          '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
          '/usr/share/fonts/noto-cjk',
          '/usr/share/fonts/google-noto-sans-cjk-fonts',
        ],
      },
      { apt: 'fonts-noto-cjk', dnf: 'google-noto-sans-cjk-fonts', pacman: 'noto-fonts-cjk' },
    ),
  ]),
];

/** Commands a person types, by package manager. */
const installCommands = {
  apt: (packages) => `apt-get install -y --no-install-recommends ${packages.join(' ')}`,
  dnf: (packages) => `dnf install -y ${packages.join(' ')}`,
  pacman: (packages) => `pacman -S --needed ${packages.join(' ')}`,
  brew: (packages) => `brew install ${packages.join(' ')}`,
  winget: (packages) => `winget install ${packages.join(' ')}`,
};
/** A start must not wait for a package server each time that it is out of reach. */
const TRY_AGAIN_MS = 60 * 60_000;
const withoutSudo = ['brew', 'winget'];

/**
 * Installs what is missing where that needs no question (apt as root, or sudo without a password), and otherwise says
 * the one command to run. Never fails: what is missing costs only what is named.
 */
export async function installSystemPackages({ forTests = false, again = false } = {}) {
  const missing = findMissing({ forTests });
  if (missing.length === 0) return;
  const manager = findManager();
  const packages = packagesOf(missing, manager);
  const lost = [...new Set(missing.map(({ serves }) => serves))].join(', ');
  const step = new Step(`System packages: ${packages.join(' ') || missing.map(nameOf).join(' ')}`);
  if (manager === null || packages.length === 0) {
    step.skipped(`install by hand: ${missing.map(nameOf).join(', ')}. Until then without: ${lost}`);
    return;
  }
  const command = installCommands[manager](packages);
  const prefix = manager === 'apt' ? await findRootPrefix() : null;
  if (prefix === null) {
    step.skipped(
      `run this once, until then without ${lost}:\n\n      ${withoutSudo.includes(manager) ? '' : 'sudo '}${command}\n`,
    );
    return;
  }
  const failedBefore = readStamp('apt');
  if (!again && failedBefore?.packages === packages.join(' ') && Date.now() - failedBefore.at < TRY_AGAIN_MS) {
    step.skipped(`apt-get did not work a short while ago. Until then without: ${lost}. Try: npm start -- --setup-only`);
    return;
  }
  const result = await installWithApt(prefix, packages, step);
  const left = findMissing({ forTests });
  writeStamp('apt', left.length === 0 ? null : { packages: packages.join(' '), at: Date.now() });
  if (left.length === 0) step.done();
  else if (isOffline(result.output))
    step.skipped(`the package server is out of reach. Until then without: ${lost}. Later: ${command}`);
  else step.failed(`apt-get did not work. Until then without: ${lost}\n${tail(result.output)}`);
}

/** Needs that this computer does not meet. */
export function findMissing({ forTests, has = isThere }) {
  return needs.filter((item) => (forTests || item.purpose === 'run') && !has(item));
}

/** Each package once, in the order of the needs. */
export function packagesOf(missing, manager) {
  return [...new Set(missing.map(({ packages }) => packages[manager]).filter(Boolean))];
}

async function installWithApt(prefix, packages, step) {
  const apt = (...args) =>
    run(
      prefix[0] ?? 'env',
      [
        ...prefix.slice(1),
        ...(prefix.length > 0 ? ['env'] : []),
        'DEBIAN_FRONTEND=noninteractive',
        'LC_ALL=C',
        'apt-get',
        '-q',
        '-o',
        'DPkg::Lock::Timeout=300',
        '-o',
        'Acquire::Retries=2',
        '-o',
        'Acquire::http::Timeout=20',
        ...args,
      ],
      { step },
    );
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  // Package lists that are new enough need no update; a fresh image has none, an old one names files that are gone.
  const first = await install();
  if (first.code === 0) return first;
  const update = await apt('update');
  const second = await install();
  return { ...second, output: `${update.output}\n${second.output}` };
}

/** `[]` as root, `['sudo', '-n']` where that asks for nothing, null where a password is needed. */
async function findRootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (!findProgram('sudo')) return null;
  return (await run('sudo', ['-n', 'true'], { timeoutMs: 10_000 })).code === 0 ? ['sudo', '-n'] : null;
}

/** apt-get's own words for a mirror that cannot be reached. */
function isOffline(output) {
  return /Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Network is unreachable|Connection (timed out|refused)/i.test(
    output,
  );
}

function findManager() {
  if (process.platform === 'darwin') return 'brew';
  if (process.platform === 'win32') return 'winget';
  const found = [
    ['apt-get', 'apt'],
    ['dnf', 'dnf'],
    ['pacman', 'pacman'],
  ].find(([program]) => findProgram(program));
  return found ? found[1] : null;
}

/** Full path of a program, or null. Administrators' folders are looked at too: tools in them run as root or not. */
export function findProgram(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  if (process.platform === 'win32') folders.push('C:\\Program Files\\qemu');
  for (const folder of folders.filter(Boolean)) {
    for (const ending of endings) {
      try {
        accessSync(join(folder, name + ending), constants.X_OK);
        return join(folder, name + ending);
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

function isThere({ program, files }) {
  return program ? findProgram(program) !== null : files.some((file) => existsSync(file));
}

function nameOf({ program, files }) {
  return program ?? files[0];
}

function need(purpose, serves, sign, packages) {
  return { purpose, serves, ...sign, packages };
}

function guestTool(program, apt) {
  return need('run', 'the built-in small Linux', { program }, { apt });
}

function onLinux(list) {
  return process.platform === 'linux' ? list : [];
}

/** Where Debian has the server's programs, a folder each version; the client alone has such a folder too. */
function debianPostgres() {
  const folder = '/usr/lib/postgresql';
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return [...versions, 'any'].map((version) => join(folder, version, 'bin', 'initdb'));
}

/** The built-in Linux can only be built where apt can fetch its parts, on amd64. */
function onDebian(list) {
  return process.platform === 'linux' && process.arch === 'x64' && existsSync('/usr/bin/apt-get') ? list : [];
}

function qemuProgram() {
  return process.arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64';
}

function qemuPackage() {
  return process.arch === 'arm64' ? 'qemu-system-arm' : 'qemu-system-x86';
}
